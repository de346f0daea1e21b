import Core

/// Why somebody gets a publication by mail, or does not. What the release itself goes by, in words for whoever is asked.
package struct ReaderReason: Hashable, Codable, Sendable {
    package enum Verdict: String, Hashable, Codable, Sendable {
        case gets
        /// They have ended it themselves.
        case unsubscribed
        case notInAudience
        /// It does not go by mail at all.
        case noMail
    }

    package var publication: String
    package var title: String
    package var audience: String
    package var verdict: Verdict
    /// Nobody may end it.
    package var isMandatory: Bool
    /// They get the talking points in it.
    package var seesLeaderNotes: Bool
    /// The topics that they have turned off and that are left out for them.
    package var mutedTopics: [String]
    /// What the audience asks for and they do not have.
    package var unmet: Audience.Condition?
    /// What they have there.
    package var values: [String]

    package init(
        publication: Publication, verdict: Verdict, seesLeaderNotes: Bool = false, mutedTopics: [String] = [],
        unmet: Audience.Condition? = nil, values: [String] = []
    ) {
        self.publication = publication.name
        title = publication.title
        audience = publication.audience
        self.verdict = verdict
        isMandatory = publication.mandatoryReason != nil
        self.seesLeaderNotes = seesLeaderNotes
        self.mutedTopics = mutedTopics
        self.unmet = unmet
        self.values = values
    }
}

/// The same for all publications.
package struct ReaderReasons: Hashable, Codable, Sendable {
    package var address: EmailAddress
    /// As the directory has them; `nil` for somebody who is not in it.
    package var person: Person?
    /// Nothing is sent to the address, whatever else holds.
    package var suppression: Suppression?
    package var publications: [ReaderReason]

    package init(address: EmailAddress, person: Person?, suppression: Suppression?, publications: [ReaderReason]) {
        self.address = address
        self.person = person
        self.suppression = suppression
        self.publications = publications
    }
}
