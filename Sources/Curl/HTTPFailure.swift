import CCurl
import Core

/// libcurl's codes as causes and mends for an operator. `curl_easy_strerror` alone would not say what to do; its error buffer is
/// not used, since it may repeat the address with its path.
enum HTTPFailure {
    private static let known: [CURLcode.RawValue: (cause: String, mend: String)] = [
        CURLE_COULDNT_RESOLVE_HOST.rawValue: ("the name is not known", "Check the host in the address, and this machine's DNS."),
        CURLE_COULDNT_CONNECT.rawValue: ("it does not accept a connection", "Check that it runs and that the firewall lets us through."),
        CURLE_OPERATION_TIMEDOUT.rawValue: ("it did not answer in time", "Check the receiver's health and load."),
        CURLE_PEER_FAILED_VERIFICATION.rawValue: (
            "its certificate is not valid for this host or not signed by a trusted authority",
            "Renew the certificate, or name the organisation's own authority in a CA file."
        ),
        CURLE_SSL_CACERT_BADFILE.rawValue: ("the CA file cannot be read", "Check the path and rights of the CA file."),
        CURLE_SSL_CONNECT_ERROR.rawValue: ("no TLS connection came about", "Check that the receiver offers TLS 1.2 or 1.3."),
        CURLE_GOT_NOTHING.rawValue: ("it closed the connection without an answer", "Look in the receiver's log."),
        CURLE_RECV_ERROR.rawValue: ("the connection broke while the answer was read", "Look in the receiver's log."),
        CURLE_SEND_ERROR.rawValue: ("the connection broke while the request was sent", "Look in the receiver's log."),
        CURLE_PARTIAL_FILE.rawValue: ("its answer ended too early", "Look in the receiver's log."),
        CURLE_WEIRD_SERVER_REPLY.rawValue: ("its answer is not HTTP", "Check the port in the address."),
        CURLE_UNSUPPORTED_PROTOCOL.rawValue: ("its answer is not HTTP", "Check the port in the address."),
    ]

    static func fault(_ code: CURLcode, _ request: HTTPRequest, _ inbox: ResponseInbox) -> Fault {
        let (cause, mend) = explanation(code, request, inbox)
        return Fault(request.method.rawValue, object(request), cause: cause, mend: mend)
    }

    private static func object(_ request: HTTPRequest) -> String {
        if case .unixSocket(let path) = request.reach { return path }
        return request.address.origin
    }

    private static func explanation(_ code: CURLcode, _ request: HTTPRequest, _ inbox: ResponseInbox) -> (cause: String, mend: String) {
        if let refused = inbox.refused, code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT {
            return ("its address \(refused) is not a public one", "Set AllowPrivate=yes if the receiver stands in your own network.")
        }
        switch inbox.excess {
        case .body: return ("its answer is longer than \(inbox.limit) bytes", "Check that the address is the right one.")
        case .headers: return ("its answer's headers are longer than \(ResponseInbox.headerLimit) bytes", "Look in the receiver's log.")
        case nil: break
        }
        return known[code.rawValue] ?? (String(cString: curl_easy_strerror(code)), "Check the address and the receiver.")
    }
}
