import Core

/// Every colour that a template may use, derived from the identity's three so that each pair keeps WCAG 2.1's 4.5:1, in light
/// and in dark surroundings.
struct Palette: Sendable {
    static let contrast = 4.5
    /// In the dark a thin underlined link wants more than the least (WCAG 2.1, 1.4.6).
    private static let nightContrast = 7.0

    /// Dark surroundings are the same for every organisation; only its own colour is carried over, lightened.
    private static let night = (
        page: Identity.Colour(red: 0x14, green: 0x17, blue: 0x1A), card: Identity.Colour(red: 0x1F, green: 0x24, blue: 0x28),
        text: Identity.Colour(red: 0xF2, green: 0xF4, blue: 0xF5), quiet: Identity.Colour(red: 0xC4, green: 0xCA, blue: 0xCE),
        rule: Identity.Colour(red: 0x4A, green: 0x52, blue: 0x58)
    )

    let value: Value
    /// The four that the mail's writer puts into its inline styles.
    let primary: Identity.Colour
    let text: Identity.Colour
    let quiet: Identity.Colour
    let rule: Identity.Colour
    let surface: Identity.Colour

    init(_ identity: Identity) {
        primary = identity.primary
        text = identity.text
        surface = identity.surface
        quiet = Self.readable(identity.text.mixed(with: identity.surface, share: 0.25), on: identity.surface, towards: identity.text)
        rule = identity.surface.mixed(with: identity.text, share: 0.2)
        let night = Self.night
        let link = Self.readable(identity.primary, on: night.card, towards: .white, contrast: Self.nightContrast)
        // White on the organisation's own colour is as readable as that colour on white, which the identity's reader checks.
        let colours: [String: Identity.Colour] = [
            "primary": primary, "onPrimary": .white, "surface": surface, "text": text, "quiet": quiet, "rule": rule,
            "nightPage": night.page, "nightCard": night.card, "nightText": night.text, "nightQuiet": night.quiet, "nightRule": night.rule,
            "nightLink": link,
        ]
        value = .map(colours.mapValues { .text($0.description) })
    }

    /// The colour, moved towards another in steps until it is readable on the ground.
    private static func readable(
        _ colour: Identity.Colour, on ground: Identity.Colour, towards other: Identity.Colour, contrast: Double = contrast
    ) -> Identity.Colour {
        let steps = stride(from: 0.0, through: 1.0, by: 0.05).map { colour.mixed(with: other, share: $0) }
        return steps.first { $0.contrast(to: ground) >= contrast } ?? other
    }
}
