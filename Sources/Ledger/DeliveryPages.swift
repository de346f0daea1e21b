import Core
import Database

extension Ledger {
    /// A page of an edition's deliveries by mail, without the mails about its corrections, in the order of their recipients' numbers,
    /// behind a recipient; all, or those that failed. It reads no more than it returns, however many the edition has.
    package func deliveryPage(
        of edition: EditionID, failedOnly: Bool, after last: RecipientID?, limit: Int
    ) throws(Fault) -> [(recipient: RecipientID, delivery: DeliveryRecord)] {
        try read { db throws(Fault) in
            try db.all(
                """
                SELECT delivery.recipient, delivery.id, outlet, recipient.address, state, attempt, since, due, doubtful, route, reply,
                (SELECT trim(verdict || ' ' || status || ' ' || reason) FROM bounce WHERE bounce.recipient = delivery.recipient
                 AND bounce.edition = delivery.edition AND verdict != 'none' ORDER BY at DESC LIMIT 1) FROM delivery
                JOIN recipient ON recipient.id = delivery.recipient
                WHERE edition = ? AND outlet = ? AND correction = 0 AND delivery.recipient > coalesce(?, 0)\(failedOnly ? " AND state = 'failed'" : "")
                ORDER BY delivery.recipient LIMIT ?
                """, Value(edition), Value(Outlet.email), Value(last), Value(limit)
            ) { row in
                (
                    row.identifier(0),
                    DeliveryRecord(
                        id: row.identifier(1), outlet: row.text(2), address: row.optionalText(3), correction: 0,
                        state: DeliveryState(rawValue: row.text(4)) ?? .failed, attempt: row.int(5), since: row.instant(6),
                        due: row.optionalInstant(7), doubtful: row.int(8), route: row.optionalText(9), reply: row.optionalText(10),
                        bounce: row.optionalText(11))
                )
            }
        }
    }
}
