import Alarms
import Core
import PushIntranet

extension AlarmWebhook: AlarmReceiver {}

extension House {
    /// What tells people of alarms. Throws a ``Fault`` for a secret that cannot be read or an address that is not one.
    func alarms() throws(Fault) -> AlarmStage {
        let rules = AlarmRules(mail: settings.alarm.mail, editors: settings.alarm.editors, pause: settings.alarm.pause)
        let (language, zone, press) = (settings.organisation.language, zone, pressroom.press)
        return AlarmStage(
            rules, receiver: try alarmWebhook(), catalogue: catalogue, language: language, organisation: settings.organisation.name,
            moment: { press.moment(zone.civil($0), language) }, ledger: ledger, clock: clock)
    }

    func alarmWebhook() throws(Fault) -> AlarmWebhook? {
        try settings.alarm.webhook.map { webhook throws(Fault) in
            try AlarmWebhook(
                url: webhook.url, secretFile: webhook.secretFile, caFile: webhook.caFile, allowPrivate: webhook.allowPrivate,
                organisation: settings.organisation.name, relativeTo: settings.folder)
        }
    }
}
