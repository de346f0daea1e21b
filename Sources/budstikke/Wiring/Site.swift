import Core
import HTTPServer
import PushScreens

/// Everything that the web server serves.
struct Site {
    let router: Router

    init(house: CurrentHouse, shelf: FeedShelf) {
        var router = Router()
        shelf.addRoutes(to: &router)
        self.router = router
    }
}
