import Core
import Foundation

/// Waits for something that another program does, by asking again and again: only for what sends this process no signal. Returns
/// whether it came true within the limit.
package func eventually(within limit: Span = .seconds(120), every pause: Span = .milliseconds(20), _ isTrue: () throws -> Bool) rethrows
    -> Bool
{
    let end = ContinuousClock.now + .milliseconds(limit.milliseconds)
    while true {
        if try isTrue() { return true }
        guard ContinuousClock.now < end else { return false }
        poll(nil, 0, Int32(pause.milliseconds))
    }
}
