// SPDX-License-Identifier: Apache-2.0
import CCrypto
import ProbeFormat

/// HMAC-SHA256 with one key. Used by one thread.
final class MessageAuthentication {
    private let context: OpaquePointer

    /// nil if libcrypto fails, which it does only without memory.
    init?(key: [UInt8]) {
        guard let context = walkback_hmac_new(key, key.count) else { return nil }
        self.context = context
    }

    deinit {
        EVP_MAC_CTX_free(context)
    }

    /// nil if libcrypto fails, which it does only without memory.
    func code(of message: UnsafeRawBufferPointer) -> ProbeMessage.Code? {
        var code = [UInt8](repeating: 0, count: ProbeMessage.codeSize)
        return walkback_hmac_code(context, message.baseAddress, message.count, &code) == 1 ? code : nil
    }

    /// The first 64 bits of the code, as a session's datagrams carry them.
    func seal(of message: UnsafeRawBufferPointer) -> UInt64? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ProbeMessage.codeSize) { code in
            guard walkback_hmac_code(context, message.baseAddress, message.count, code.baseAddress) == 1 else {
                return nil
            }
            return code.prefix(ProbeMessage.sealSize).reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
