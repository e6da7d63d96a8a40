// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import System
import SystemPackage

/// The finished cells of a sweep, a file each in `OUTPUT/cells`: what a killed sweep goes on from.
package struct SweepCells: Sendable {
    static let directoryName = "cells"

    /// What one cell came to.
    struct Cell: Codable, Sendable, Equatable {
        /// `SweepIdentity.key`: another sweep's cell is no cell of this one.
        var key: String
        var rows: [SweepRow]
    }

    private let directory: FilePath
    private let key: String

    /// - Throws: where the directory cannot be made.
    init(_ output: FilePath, key: String) throws {
        directory = output.appending(Self.directoryName)
        self.key = key
        try OutputDirectory.makeDirectory(directory)
    }

    private init(existing output: FilePath, key: String) {
        directory = output.appending(Self.directoryName)
        self.key = key
    }

    /// Of results that are only read.
    static func reading(_ output: FilePath, key: String) -> SweepCells {
        SweepCells(existing: output, key: key)
    }

    private func path(_ index: Int) -> FilePath {
        let digits = String(index)
        return directory.appending(String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".json")
    }

    /// nil where the cell is not finished, was cut off, or is of another sweep.
    func read(_ index: Int) throws -> [SweepRow]? {
        guard let bytes = try Files.read(path(index)),
            let cell = try? JSONDecoder().decode(Cell.self, from: Data(bytes)), cell.key == key
        else { return nil }
        return cell.rows
    }

    /// Whole or not at all.
    func write(_ index: Int, _ rows: [SweepRow]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try OutputDirectory.replace(path(index), with: Array(try encoder.encode(Cell(key: key, rows: rows))))
    }
}
