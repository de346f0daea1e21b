import Core

/// `Date` as RFC 5322, section 3.3 writes it: `Tue, 01 Dec 2026 08:00:00 +0100`. Names of days and months are English there.
func messageDate(_ instant: Instant, _ zone: Zone) -> String {
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let civil = zone.civil(instant)
    let minutes = zone.offset(at: instant) / 60
    let offset = (minutes < 0 ? "-" : "+") + padded(abs(minutes) / 60, 2) + padded(abs(minutes) % 60, 2)
    let time = "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
    let date = civil.date
    return "\(days[date.weekday.rawValue]), \(padded(date.day, 2)) \(months[date.month - 1]) \(padded(date.year, 4)) \(time) \(offset)"
}
