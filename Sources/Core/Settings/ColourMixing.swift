/// Colours derived from the organisation's own, so that it need not name one for every purpose.
extension Identity.Colour {
    package static let white = Self(red: 255, green: 255, blue: 255)

    package init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// This colour with `share` (0 to 1) of another in it, channel by channel.
    package func mixed(with other: Self, share: Double) -> Self {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Double(a) * (1 - share) + Double(b) * share).rounded()) }
        return Self(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }
}
