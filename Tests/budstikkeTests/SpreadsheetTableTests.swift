import Testing

@testable import budstikke

@Suite struct SpreadsheetTableTests {
    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("a;b", "\"a;b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("=1+1", "'=1+1"), ("+45", "'+45"),
        ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("=a;b", "\"'=a;b\""), ("\tx", "\"'\tx\""), ("a\r\nb", "\"a\r\nb\""), ("æøå", "æøå"),
        ("＝1", "'＝1"),
    ])
    func cells(value: String, cell: String) { #expect(SpreadsheetTable.cell(value) == cell) }
}
