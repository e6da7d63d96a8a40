// SPDX-License-Identifier: Apache-2.0
import Documents
import FoundationEssentials
import Plans
import Quantities
import System

/// What a guest hands over is foreign input: a program in it may have written anything in these files' place.
extension GuestJob {
    private static let largestDocument = ByteCount(256_000_000)
    private static let largestSeries = ByteCount(1_000_000_000)

    /// The record of a run; nil if there is none.
    ///
    /// - Throws: `Fault` as for `programRecord`.
    package func record() throws -> RunRecord? {
        try document(RunRecord.self, RunRecord.fileName).map { try checked($0, $0) }
    }

    /// The record of a program's run; nil if there is none.
    ///
    /// - Throws: `Fault` if it is not a regular file of bounded size, cannot be read, or has numbers that no run makes.
    package func programRecord() throws -> ProgramRecord? {
        try document(ProgramRecord.self, ProgramRecord.fileName).map { try checked($0, $0.run) }
    }

    private func checked<Document>(_ document: Document, _ record: RunRecord) throws -> Document {
        if let objection = record.objection {
            throw Fault(.failed, "run \(id) left a record that no run makes: \(objection); run it again")
        }
        return document
    }

    private func document<Document: Decodable>(_ type: Document.Type, _ name: String) throws -> Document? {
        guard let bytes = try handedOver(name, most: Self.largestDocument) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Fault(.failed, "run \(id) left a document '\(name)' that cannot be read: \(error)")
        }
    }

    /// The bytes of the series; nil if there are none.
    package func series() throws -> [UInt8]? { try handedOver(Series.fileName, most: Self.largestSeries) }

    private func handedOver(_ name: String, most: ByteCount) throws -> [UInt8]? {
        try directory.existing(RunDirectory.guest)?.read(name, most: most, isOwn: true)
    }
}
