// SPDX-License-Identifier: Apache-2.0
import Documents
import FoundationEssentials
import Plans
import Quantities
import System

/// What a guest hands over is foreign input: a program in it may have written anything in these files' place.
extension GuestJob {
    private static let largestDocument = ByteCount(256_000_000)

    /// A JSON document; nil if there is none.
    ///
    /// - Throws: `Fault` if it is not a regular file of bounded size, or cannot be read.
    package func document<Document: Decodable>(_ type: Document.Type, _ name: String) throws -> Document? {
        guard let bytes = try handedOver(name, most: Self.largestDocument) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Fault(.failed, "run \(id) left a document '\(name)' that cannot be read: \(error)")
        }
    }

    /// The bytes of the series; nil if there are none.
    ///
    /// - Parameter most: the size above which it is refused.
    package func series(most: ByteCount) throws -> [UInt8]? { try handedOver(Series.fileName, most: most) }

    private func handedOver(_ name: String, most: ByteCount) throws -> [UInt8]? {
        try directory.existing(RunDirectory.guest)?.read(name, most: most, isOwn: true)
    }
}
