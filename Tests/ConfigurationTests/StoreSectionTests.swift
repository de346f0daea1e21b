import Core
import TestKit
import Testing

@testable import Configuration

@Suite struct StoreSectionTests {
    private static let whole = "Endpoint=https://s3.koege.example:9000/\nBucket=nyt\nKeyID=AKIAX\nSecretFile=store.secret"

    private func read(_ lines: String) throws -> (ObjectStore?, [String]) {
        let setUp = try SetUpFolder(SetUpFolder.configuration + "\n[Store]\n" + lines)
        for secret in ["kjukken.secret", "store.secret"] { try setUp.secret(secret) }
        let problems = setUp.problems()
        return (Settings.read(setUp.folder.file("budstikke.conf")).settings.store, problems)
    }

    @Test func readsWhatIsThereAndTakesTheRestFromWhatIsUsual() throws {
        let (store, problems) = try read(Self.whole)
        #expect(problems.isEmpty, "\(problems)")
        #expect(store?.endpoint == "https://s3.koege.example:9000" && store?.bucket == "nyt" && store?.keyID == "AKIAX")
        #expect(store?.region == "us-east-1" && store?.prefix == "" && store?.style == .path && store?.allowPrivate == false)
        let (own, _) = try read(Self.whole + "\nRegion=eu-north-1\nPrefix=/intranet/nyt\nStyle=host\nAllowPrivate=yes")
        #expect(own?.region == "eu-north-1" && own?.prefix == "intranet/nyt/" && own?.style == .host && own?.allowPrivate == true)
        #expect(own?.name == "https://s3.koege.example:9000/nyt/intranet/nyt/")
    }

    @Test(arguments: [
        ("Endpoint=", "Store] has no Endpoint="), ("Endpoint=s3.koege.example", "is not https://host"),
        ("Endpoint=https://s3.koege.example/nyt", "is not https://host"), ("Endpoint=https://a@s3.koege.example", "is not https://host"),
        ("Bucket=Nyt", "is not the bucket's name"), ("KeyID=a/b", "is not an access key's name"),
        ("Prefix=a/../b", "is not a path such as"),
        ("Region=a:b", "is not a region"), ("Style=sub", "‘sub’ is none of path, host"), ("SecretFile=nowhere", "the secret's file"),
        ("Buckets=nyt", "Did you mean Bucket=?"),
    ])
    func whatIsWrongIsTold(_ line: String, _ problem: String) throws {
        let key = line.prefix { $0 != "=" }
        let rest = Self.whole.split(separator: "\n").filter { !$0.hasPrefix(key + "=") }.joined(separator: "\n")
        let (_, problems) = try read(rest + "\n" + line)
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    }
}
