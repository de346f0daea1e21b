/// What happened, as a number that no other program uses and that never changes: the journal's `MESSAGE_ID=`
/// (systemd.journal-fields(7)). Each is in the documentation's page Operations.
package enum LogEvent: String, Sendable, CaseIterable {
    case started = "4e9bb52ab3134aa9ab05b3b6a181bca6"
    case stopped = "64455ca38eeb4c13a77c22b7d1a9a40e"
    case alarmRaised = "1ef34e8bde5a40a1b667ba6f46e85a50"
    case alarmEnded = "61ea254968e44649a524062feb79db69"
    case fileTaken = "c4fa5a99035041d7aee551b106e46e0a"
    case fileRefused = "a5a08a5748f7482aa9c4308dea546647"
    case itemWithdrawn = "b85e1d9447724f88a202a18998c76157"
    case editionClosed = "4ad0800438f946ae93e72fa9ca819175"
    case editionReleased = "7fd8633041f14ac396bf624be7b6d6bd"
    case editionSkipped = "628bd6e525ea4c24ba22cffc2fe723c6"
    case deliveryFailed = "76558fa0a7f74e9a8c9db0fff39fd832"
    case addressSuppressed = "be7d1129be234c41b4d29cec3cb43786"
}
