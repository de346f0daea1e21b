import Configuration
import Core
import Crypto
import Ledger
import Press
import PushPhones

extension House {
    /// The key for Web Push, of the settings or of the state folder; `nil` when phones are not offered. Throws a ``Fault`` when it cannot be
    /// read or made.
    static func webPushKey(_ settings: Settings) throws(Fault) -> VAPIDKey? {
        guard let phones = settings.phones else { return nil }
        if let file = phones.keyFile { return try VAPIDKey(file: file, relativeTo: settings.folder) }
        return try VAPIDKey.load(orCreateIn: settings.organisation.stateFolder)
    }

    private static func services(_ phones: Settings.Phones) -> PushServices {
        PushServices(others: phones.hosts, allowPrivate: phones.allowPrivate)
    }

    /// What tells phones; `nil` when they are not offered.
    func phones() -> PhoneStage? {
        guard let phones = settings.phones, let webPushKey else { return nil }
        let sender = PhoneSender(
            key: webPushKey, contact: phones.contact, services: Self.services(phones), ledger: ledger, clock: clock,
            compose: { [pressroom, ledger] edition, language throws(Fault) in
                try Self.notice(edition, language, ledger, pressroom.press.catalogue)
            })
        return PhoneStage(sender: sender, ledger: ledger, clock: clock)
    }

    /// What a phone shows of an edition: the titles of what stands on the web, or all that a crisis message says.
    private static func notice(
        _ edition: EditionRecord, _ language: Language, _ ledger: Ledger, _ catalogue: Catalogue
    ) throws(Fault) -> PhoneNotice? {
        if edition.publication == AlertPublication.name {
            guard let alert = try ledger.alert(of: edition) else { return nil }
            let kind: AlertMark.Kind = alert.allClear == edition.id ? .ended : .raised
            guard kind == .ended || alert.state == .standing else { return nil }
            let words = AlertWords(catalogue)
            let body = alert.content.body
            let told =
                kind == .raised
                ? [body.isEmpty ? alert.content.summary : body.plainText]
                : [alert.farewell ?? "", catalogue.text("alert.endText", language)]
            return PhoneNotice(
                title: words.title(alert.content.title, alert.mark(kind), language),
                text: told.filter { !$0.isEmpty }.joined(separator: "\n"), link: "/editions/", tag: "alert-\(alert.id)", isUrgent: true,
                language: language)
        }
        let items = try ledger.items(of: edition.id).filter { $0.content.channels.contains(.web) }
        return PhoneNotice(
            title: edition.title, text: items.map { "• \($0.content.title)" }.joined(separator: "\n"), link: "/editions/\(edition.slug)",
            tag: edition.slug, isUrgent: false, language: language)
    }

    /// What may be chosen: crisis messages, and each publication with a web edition.
    private func phoneChoices(_ language: Language) -> [PhoneChoice] {
        let alerts = PhoneChoice(
            name: AlertPublication.name, title: catalogue.text("phone.alerts", language), hint: catalogue.text("phone.alertsHint", language)
        )
        return [alerts]
            + settings.publications.filter { $0.channels.web && $0.timing != .continuous }.map {
                PhoneChoice(name: $0.name, title: $0.title)
            }
    }

    /// What the phones' pages are made of; `nil` when they are not offered.
    func phoneSite() throws(Fault) -> PhoneSite? {
        guard let phones = settings.phones, let webPushKey else { return nil }
        let (press, url, language) = (pressroom.press, settings.web.publicURL, settings.organisation.language)
        return PhoneSite(
            publicURL: url, services: Self.services(phones), publications: Set(phoneChoices(language).map(\.name)), language: language,
            manifest: try press.appManifest(language: language), files: pressroom.appFiles.bytes,
            page: { [self] chosen throws(Fault) in
                try press.phonePage(phoneChoices(chosen), publicKey: webPushKey.publicText, language: chosen, publicURL: url)
            }, offline: { () throws(Fault) in try press.offlinePage(language: language, publicURL: url) })
    }
}
