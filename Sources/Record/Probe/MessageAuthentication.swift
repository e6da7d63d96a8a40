// SPDX-License-Identifier: Apache-2.0
import CCrypto
import ProbeFormat

/// HMAC-SHA256 with one key, prepared once and used for any number of messages.
struct MessageAuthentication {
    private var hmac: walkback_hmac

    init(key: [UInt8]) {
        hmac = walkback_hmac_with_key(key, key.count)
    }

    func code(of message: [UInt8]) -> ProbeMessage.Code {
        var code = [UInt8](repeating: 0, count: ProbeMessage.codeSize)
        withUnsafePointer(to: hmac) { walkback_hmac_code($0, message, message.count, &code) }
        return code
    }

    /// The first 64 bits of the code, as a session's datagrams carry them.
    func seal(of message: UnsafeRawBufferPointer) -> UInt64 {
        withUnsafeTemporaryAllocation(byteCount: ProbeMessage.codeSize, alignment: 8) { code in
            withUnsafePointer(to: hmac) {
                walkback_hmac_code($0, message.baseAddress, message.count, code.baseAddress)
            }
            return UInt64(bigEndian: code.load(as: UInt64.self))
        }
    }
}
