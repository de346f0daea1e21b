import Core
import Foundation
import TestKit
import Testing

/// Our LIX beside an independent implementation (PyPI textstat), on Danish texts from very easy to very hard. Their sentences have at
/// least three words: textstat does not count shorter ones.
@Suite struct LIXOracleTests {
    static let texts = [
        "Vi cykler i dag. Solen skinner over byen. Kom og vær med!",
        "Kantinen har ny kok. Han hedder Bo og laver mad fra hele verden. På fredag er der suppe. Kom ned og smag den.",
        "På mandag åbner den nye cykelsti mellem Søndergade og stationen. Stien er lang og har lys hele vejen. Du kan cykle trygt, også når det er mørkt.",
        "Hovedudvalget har vedtaget en ny retningslinje om vold og trusler. Den gælder fra januar og er lavet af begge sider i fællesskab. Alle hændelser skal skrives ned, også de små.",
        "Influenzavaccinen er klar til alle medarbejdere. Du kan komme forbi sundhedsklinikken på rådhuset om tirsdagen. Det koster ingenting, og du skal ikke bestille tid først.",
        "Direktionen besøger alle plejecentre i januar. Der bliver tid til at stille spørgsmål om budgettet, om de nye stillinger i ældreplejen og om de møder, som vi holder op med at holde.",
        "Kommunalbestyrelsen har godkendt budgettet for næste år. Besparelserne rammer især konsulenter og administration, mens velfærdsområderne får tilført flere midler end tidligere forudsat.",
        "Arbejdsmiljøgruppen gennemgår hver måned indberetningerne og vurderer, om forebyggelsesindsatsen skal tilpasses. Ledelsen orienterer efterfølgende medarbejderrepræsentanterne om konklusionerne.",
        "Bekendtgørelsen fastsætter dokumentationskravene ved udbetaling af refusion til kommunale daginstitutioner, herunder tidsfristerne for indberetning af personaleoplysninger og regnskabsmateriale.",
        "Hvornår er det nu, at skolen ringer ind? Det spørger mange om. Svaret er klokken otte hver dag! Husk din madpakke. Husk også tøj til regn, for vi er ude i alle frikvarterer.",
    ]

    @Test(.enabled(if: Oracle.hasPython("textstat"), "needs textstat from PyPI"))
    func agreesWithTextstat() throws {
        let output = try Oracle.run(Oracle.root + "/Tests/IntakeTests/Oracles/lix.py", input: Array(try JSONEncoder().encode(Self.texts)))
        let theirs = try JSONDecoder().decode([Double].self, from: Data(output))
        let ours = try Self.texts.map { try #require(LIX(Document([.paragraph([.text($0)])]))) }
        for (our, their) in zip(ours, theirs) { #expect(abs(Double(our.value) - their) <= 1, "\(our) beside \(their)") }
        #expect(Set(ours.map(\.level)).count >= 4, "the texts cover the scale: \(ours.map(\.value))")
    }
}
