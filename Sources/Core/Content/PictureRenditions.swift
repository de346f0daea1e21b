/// One picture in the sizes that the channels show. An item refers to it by the digest of ``mail``.
package struct PictureRenditions: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// For mail, the web edition and the receipt: at most 1200 px wide.
        case mail
        /// For feeds and infoscreens: fitted into 1920 × 1080.
        case screen
        /// For lists: at most 480 px wide.
        case thumbnail
    }

    package var mail: Picture
    package var screen: Picture
    package var thumbnail: Picture

    package init(mail: Picture, screen: Picture, thumbnail: Picture) {
        self.mail = mail
        self.screen = screen
        self.thumbnail = thumbnail
    }

    /// One size serves for all: what there is without the program that makes others.
    package init(one picture: Picture) { self.init(mail: picture, screen: picture, thumbnail: picture) }

    /// By which the item refers to it.
    package var digest: PictureDigest { mail.digest }
    package var all: [Picture] { [mail, screen, thumbnail] }
}
