/// Unpredictable bytes for keys and tokens, from the kernel (getrandom(2), which is what Swift's system generator reads on Linux).
package func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
}
