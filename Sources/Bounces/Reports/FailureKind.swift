/// What a receiver's words say of the cause, in the languages and programs that one meets.
enum FailureKind: CaseIterable {
    /// About us or about the mail: the person may well be there.
    case sender, full, size, policy
    case unknown
    /// Given up after many tries.
    case expired

    /// The kind that the words speak of; the order settles words that speak of several.
    static func of(_ text: String) -> FailureKind? {
        let text = text.lowercased()
        for (kind, phrases) in phrases where phrases.contains(where: { text.contains($0) }) { return kind }
        return nil
    }

    private static let phrases: [(FailureKind, [String])] = [
        (
            .sender,
            [
                "sender address rejected", "sender rejected", "sender verify failed", "sender domain", "bad sender", "invalid sender",
                "sender denied", "return path", "helo", "reverse dns", "ptr record", "reverse hostname",
            ]
        ),
        (
            .full,
            [
                "mailbox full", "mailbox is full", "over quota", "overquota", "quota exceeded", "exceeded quota", "exceeds quota",
                "exceeded storage", "storage allocation", "insufficient system storage", "mailbox size limit", "over its quota",
                "exceeds allowed size", "inbox is full", "out of storage", "disk quota", "not enough space", "mailfolder is full",
                "storage quota", "quotaexceeded", "exceeded their", "mailbox has exceeded", "recipient storage",
                "postkassen er fuld", "postkasse er fuld", "indbakken er fuld", "indbakke er fuld", "postboksen er full",
                "innboksen er full", "postkassen er full", "er fyldt op", "overskredet sin kvote",
            ]
        ),
        (
            .unknown,
            [
                "user unknown", "unknown user", "unknown recipient", "recipient unknown", "unknown mailbox", "no such user",
                "no such recipient", "no such mailbox", "no such person", "no such address", "no such account", "no mailbox here",
                "user not found", "recipient not found", "recipnotfound", "address not found", "mailbox not found", "account not found",
                "not found by smtp address lookup", "mailbox unavailable", "does not exist", "doesn't exist", "do not exist",
                "doesn't have a", "does not have a", "couldn't be found", "could not be found", "wasn't found", "was not found",
                "invalid recipient", "invalid mailbox", "invalid user", "not a valid mailbox", "not a valid user", "isn't a valid",
                "unrouteable address", "unroutable address", "unrouteable mail domain", "unrouteable", "user doesn't", "not listed in",
                "account disabled", "account is disabled", "account has been disabled", "mailbox disabled", "mailbox is disabled",
                "mailbox is inactive", "account is inactive", "account inactive", "has been suspended", "no longer", "recipient rejected",
                "recipient address rejected", "address rejected", "bad destination mailbox", "bad address", "addressee unknown",
                "nullmx", "null mx", "does not accept mail", "doesn't accept mail", "not our customer", "unknown or illegal alias",
                "illegal alias", "host not found", "domain not found", "name or service not known", "unknown host", "no mx",
                "nxdomain", "host unknown", "couldn't find any host", "couldn't find a mail exchanger", "not_found", "unknown local part",
                "unknown local-part", "is unknown", "no valid recipients", "user is unknown", "user (", "not known at this site",
                "doesn't list", "is not a known", "not a known user", "undeliverable address",
                "all relevant mx records point to non-existent",
                "adressen findes ikke", "findes ikke", "blev ikke fundet", "ikke fundet", "kunne ikke findes", "ukendt bruger",
                "ukendt modtager", "finnes ikke", "ble ikke funnet", "ikke funnet", "ukjent bruker", "ukjent mottaker",
            ]
        ),
        (.size, ["message size", "message too large", "too large", "too big", "size limit", "exceeds maximum", "for stor"]),
        (
            .expired,
            [
                "timed out", "timeout", "expired", "in the queue too long", "too long", "connection refused", "could not connect",
                "couldn't connect", "temporar", "try again", "try later", "greylist", "graylist", "loop", "too many hops", "hop count",
                "retry", "no answer", "unreachable", "delayed", "udløbet", "utløpt", "midlertidig",
            ]
        ),
        (
            .policy,
            [
                "spam", "blocked", "block list", "blocklist", "blacklist", "black list", "reputation", "policy", "policies", "spf", "dkim",
                "dmarc", "content rejected", "message content", "virus", "malware", "rate limit", "too many", "not authorized",
                "not permitted", "not allowed", "restricted", "relay access denied", "relaying denied", "unable to relay", "access denied",
                "authentication", "spamhaus", "spamcop", "junk", "suspicious", "unsolicited", "notauthorized", "prohibited", "listed",
            ]
        ),
    ]
}
