// SPDX-License-Identifier: Apache-2.0
import CCrypto
import Determinism
import Documents
import Glibc
import ProbeFormat
import Quantities
import SystemPackage

/// What fills the links of a session. The raw values are the labels under which a client proves the key. They name the
/// version, so that no proof is of use at an end of another version.
package enum Filling: String, CaseIterable, Sendable {
    case datagrams = "version 2 start"
    /// TCP fills the links; the session itself has only echoes.
    case streams = "version 2 start streams"
}

/// The secret shared by a recorder and its field server, and nobody else.
package struct SharedKey: Sendable {
    private let bytes: [UInt8]

    /// Shorter ones can be guessed.
    static let shortest = 16

    /// - Throws: `Fault` (usage) if it is too short to be a secret.
    package init(_ text: String) throws {
        let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        bytes = Array(String(trimmed).utf8)
        guard bytes.count >= Self.shortest else {
            throw Fault(
                .usage,
                "the key has \(bytes.count) characters, but needs at least \(Self.shortest); make one with: "
                    + "head -c 24 /dev/urandom | base64")
        }
    }

    /// Reads the key from a text file.
    package init(file path: String) throws {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            let bytes = try file.closeAfter {
                try [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                    count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
            }
            try self.init(String(decoding: bytes, as: UTF8.self))
        } catch let error as Errno {
            throw Fault(.usage, "cannot read the key in '\(path)': \(error)")
        }
    }

    /// Creates a random key that nobody knows, for cookies.
    init() {
        bytes = Self.random(32)
    }

    /// A key that both ends have computed from the one that they share.
    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// HMAC-SHA256 of all parts in order; every use of a `purpose` has parts of the same lengths.
    func code(_ purpose: String, _ parts: [[UInt8]]) -> ProbeMessage.Code {
        let message = Array(purpose.utf8) + [0] + parts.flatMap { $0 }
        return MessageAuthentication(key: bytes).code(of: message)
    }

    /// Compares in a time that does not depend on where the two differ.
    static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
    }

    // MARK: The proofs

    /// - Parameter filling: the filling that the client requests.
    func start(_ nonce: ProbeMessage.Nonce, _ cookie: ProbeMessage.Nonce, _ filling: Filling) -> ProbeMessage {
        .start(nonce: nonce, cookie: cookie, code: code(filling.rawValue, [nonce, cookie]))
    }

    /// Opens a stream. This is the session's `streamKey`.
    func bulk(
        _ session: UInt64, _ direction: ProbeMessage.Direction, _ nonce: ProbeMessage.Nonce,
        _ cookie: ProbeMessage.Nonce
    ) -> ProbeMessage {
        let parts = [Self.bytes(session), [direction.rawValue], nonce, cookie]
        return .bulk(session: session, direction, nonce: nonce, cookie: cookie, code: code("bulk", parts))
    }

    func started(_ nonce: ProbeMessage.Nonce, session: UInt64, seconds: UInt32) -> ProbeMessage {
        let parts = [nonce, Self.bytes(session), Self.bytes(UInt64(seconds))]
        return .started(nonce: nonce, session: session, seconds: seconds, code: code("version 2 started", parts))
    }

    static func bytes(_ number: UInt64) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt64($0)) }
    }
}
