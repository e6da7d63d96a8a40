// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Quantities
import System

/// The finished cells of a sweep, one file each in `OUTPUT/cells`, from which a killed sweep resumes.
package struct SweepCells: Sendable {
    static let directoryName = "cells"

    /// The result of one cell.
    struct Cell: Codable, Sendable, Equatable {
        /// `SweepIdentity.key`: a cell of another sweep is ignored.
        var key: String
        var rows: [SweepRow]
    }

    private let directory: HeldDirectory
    private let key: String
    private static let largest = ByteCount(256_000_000)

    /// - Parameter directory: `cells` of the output.
    init(_ directory: HeldDirectory, key: String) {
        self.directory = directory
        self.key = key
    }

    private static func name(_ index: Int) -> String {
        let digits = String(index)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".json"
    }

    /// nil if the cell is not finished, was truncated, or belongs to another sweep.
    func read(_ index: Int) throws -> [SweepRow]? {
        guard let bytes = try directory.read(Self.name(index), most: Self.largest),
            let cell = try? JSONDecoder().decode(Cell.self, from: Data(bytes)), cell.key == key
        else { return nil }
        return cell.rows
    }

    /// Writes the cell's file completely or not at all.
    func write(_ index: Int, _ rows: [SweepRow]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try directory.replace(Self.name(index), with: Array(try encoder.encode(Cell(key: key, rows: rows))))
    }
}
