import Foundation

/// Base64 as Kubernetes and HTTP use it.
enum Base64Text {
    /// The standard alphabet with padding.
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
    }

    /// The bytes; nil for text that is no base64.
    ///
    /// Line ends and the url-safe alphabet are accepted.
    static func decode(_ text: String) -> [UInt8]? {
        var text = text.filter { !$0.isWhitespace }.replacing("-", with: "+").replacing("_", with: "/")
        while text.count % 4 != 0 { text += "=" }
        return Data(base64Encoded: text).map(Array.init)
    }
}
