import Core
import Foundation
import TestKit
import Testing

/// Python's `email` package as the reader of our mails: another implementation of the same standards.
enum MailOracle {
    static let isInstalled = Oracle.hasPython("email", "quopri")

    /// One entity of a mail, in the order of the walk through the tree.
    struct Part: Decodable {
        var type: String
        var charset: String?
        var contentID: String?
        var disposition: String?
        /// Decoded text; `nil` for a multipart or a picture.
        var text: String?
        /// Decoded bytes of a picture, in base64.
        var bytes: String?
    }

    struct Mail: Decodable {
        var defects: [String]
        var headers: [[String]]
        var to: [[String]]
        var from: [[String]]
        var parts: [Part]
        var longestLine: Int
        var bareLineEnds: Int

        func header(_ name: String) -> [String] { headers.filter { $0[0].lowercased() == name.lowercased() }.map { $0[1] } }
        func part(_ type: String) -> Part? { parts.first { $0.type == type } }
    }

    /// Reads several mails in one run of Python.
    static func read(_ mails: [[UInt8]]) throws -> [Mail] {
        let input = try JSONEncoder().encode(mails.map { Data($0).base64EncodedString() })
        let outcome = try ChildProcess.run(Oracle.python, ["-c", script], input: Array(input))
        try #require(outcome.status == 0, Comment(rawValue: outcome.errorText))
        return try JSONDecoder().decode([Mail].self, from: Data(outcome.output))
    }

    static func read(_ mail: [UInt8]) throws -> Mail { try #require(try read([mail]).first) }

    private static let script = #"""
        import base64, email, email.policy, json, re, sys

        def addresses(header):
            return [[a.display_name, a.addr_spec] for a in header.addresses] if header is not None else []

        def describe(raw):
            mail = email.message_from_bytes(raw, policy=email.policy.default)
            defects, parts = [], []
            for part in mail.walk():
                defects += [repr(d) for d in part.defects]
                for name, value in part.items():
                    defects += [name + ': ' + repr(d) for d in getattr(value, 'defects', [])]
                entry = {'type': part.get_content_type(), 'charset': part.get_content_charset(),
                         'contentID': part['Content-ID'], 'disposition': part.get_content_disposition()}
                if part.get_content_maintype() == 'text':
                    entry['text'] = part.get_content().replace('\r\n', '\n')
                elif not part.is_multipart():
                    entry['bytes'] = base64.b64encode(part.get_content()).decode()
                defects += [repr(d) for d in part.defects]
                parts.append(entry)
            return {'defects': defects, 'headers': [[n, str(v)] for n, v in mail.items()], 'parts': parts,
                    'to': addresses(mail['To']), 'from': addresses(mail['From']),
                    'longestLine': max(len(l) for l in raw.split(b'\r\n')),
                    'bareLineEnds': len(re.findall(rb'\r(?!\n)|(?<!\r)\n', raw))}

        print(json.dumps([describe(base64.b64decode(m)) for m in json.load(sys.stdin)]))
        """#
}
