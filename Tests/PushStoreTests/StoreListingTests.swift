import Testing

@testable import PushStore

@Suite struct StoreListingTests {
    @Test func readsKeysAndTagsAndWhatComesNext() throws {
        let listing = try #require(
            StoreListing(
                """
                <?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>nyt</Name>
                <IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b==</NextContinuationToken>
                <Contents><Key>editions/p%C3%A5+gangen</Key><ETag>&quot;abc&quot;</ETag></Contents>
                <Contents><ETag>"def"</ETag><Key>x</Key></Contents></ListBucketResult>
                """))
        #expect(listing.objects == [.init(key: "editions/på gangen", entityTag: "\"abc\""), .init(key: "x", entityTag: "\"def\"")])
        #expect(listing.next == "a&b==")
    }

    @Test(arguments: [
        "", "<html>", "<ListBucketResult><Contents><Key>x</Key></Contents></ListBucketResult>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>%zz</Key><ETag>a</ETag></Contents></ListBucketResult>",
    ])
    func whatIsNoListIsNone(xml: String) { #expect(StoreListing(xml) == nil) }

    @Test func anErrorsCodeIsAWordOrNothing() {
        #expect(StoreListing.errorCode("<Error><Code>SlowDown</Code></Error>") == "SlowDown")
        #expect(StoreListing.errorCode("<Error><Code>secret is hunter2</Code></Error>") == nil)
        #expect(StoreListing.errorCode("not xml") == nil)
    }

    @Test func picturesAreFoundInPagesAndFeeds() {
        let (a, b) = (String(repeating: "a", count: 64), String(repeating: "0f", count: 32))
        let page =
            "<img src=\"https://nyt.koege.example/pictures/\(a).jpg\">/pictures/\(a).gif /pictures/\(b).png\"/pictures/\(a).jpg /pictures/"
        #expect(StorePictures.keys(in: Array(page.utf8)) == ["pictures/\(a).jpg", "pictures/\(b).png"])
        #expect(StorePictures.keys(in: []).isEmpty)
        #expect(StorePictures.digest(of: "editions/\(a).jpg") == nil && StorePictures.digest(of: "pictures/x.jpg") == nil)
    }
}
