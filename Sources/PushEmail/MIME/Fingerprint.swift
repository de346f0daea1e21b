/// FNV-1a with 64 bits: tells contents apart, the same in every run and on every machine. No protection against an adversary.
struct Fingerprint {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func mix(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // The end of a part counts, so that "ab","c" differs from "a","bc".
        state = (state ^ 0xFF) &* 0x100_0000_01B3
    }

    /// Sixteen lower-case hexadecimal digits.
    var hexadecimal: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
