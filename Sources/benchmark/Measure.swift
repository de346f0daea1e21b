/// What one round of sending took.
struct Measure {
    var perSecond: Double
    /// Microseconds of processor time a mail.
    var processor: Double

    init(_ count: Int, _ seconds: Double, _ processorSeconds: Double) {
        perSecond = Double(count) / seconds
        processor = processorSeconds / Double(count) * 1_000_000
    }
}
