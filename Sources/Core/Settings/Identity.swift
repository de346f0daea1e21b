import Foundation

/// How the organisation looks: one file, `Templates/identity.conf`, so that a municipality brands every channel in one place.
package struct Identity: Hashable, Sendable {
    /// A colour as six hexadecimal digits, as every mail program reads it.
    package struct Colour: Hashable, Sendable, CustomStringConvertible {
        package let red: UInt8
        package let green: UInt8
        package let blue: UInt8

        /// Reads `#0B5563`; `nil` for anything else.
        package init?(_ text: String) {
            guard text.utf8.count == 7, text.hasPrefix("#"), let value = UInt32(text.dropFirst(), radix: 16) else { return nil }
            (red, green, blue) = (UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF))
        }

        package var description: String {
            "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
        }

        /// WCAG 2.1 contrast ratio, 1 to 21.
        package func contrast(to other: Colour) -> Double {
            let (a, b) = (luminance, other.luminance)
            return (max(a, b) + 0.05) / (min(a, b) + 0.05)
        }

        /// WCAG 2.1 relative luminance.
        private var luminance: Double {
            func linear(_ channel: UInt8) -> Double {
                let c = Double(channel) / 255
                return c <= 0.03928 ? c / 12.92 : Self.power((c + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        }

        private static func power(_ base: Double, _ exponent: Double) -> Double { Foundation.pow(base, exponent) }
    }

    /// The organisation's name as readers see it.
    package var name: String
    /// Who sends the newsletter: "Direktionen".
    package var sender: String
    /// Headings, links and the band at the top; on white, at least 4.5:1.
    package var primary: Colour
    /// Quiet surfaces behind text.
    package var surface: Colour
    package var text: Colour
    /// The logo beside the organisation's name; PNG, because Outlook shows no SVG.
    package var logo: Picture?
    package var logoAlternativeText: String
    /// Postal address and such, at the foot of every mail.
    package var footer: String
    package var accessibilityStatement: LinkTarget?

    package init(
        name: String, sender: String, primary: Colour, surface: Colour, text: Colour, logo: Picture? = nil,
        logoAlternativeText: String = "", footer: String = "", accessibilityStatement: LinkTarget? = nil
    ) {
        self.name = name
        self.sender = sender
        self.primary = primary
        self.surface = surface
        self.text = text
        self.logo = logo
        self.logoAlternativeText = logoAlternativeText
        self.footer = footer
        self.accessibilityStatement = accessibilityStatement
    }
}
