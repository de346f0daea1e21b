/// Which days an organisation keeps closed besides Denmark's public holidays and the weekends: the `[ClosingDays]` section.
/// These three differ from workplace to workplace.
package struct ClosingDays: Hashable, Sendable {
    /// 5 June.
    package var constitutionDay = true
    /// 24 December.
    package var christmasEve = true
    /// 31 December.
    package var newYearsEve = true
    /// The organisation's own, such as a day between Christmas and New Year.
    package var others: Set<CivilDate> = []

    package init() {}
}
