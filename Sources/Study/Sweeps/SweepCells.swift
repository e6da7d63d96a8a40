// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import System
import SystemPackage

/// The finished cells of a sweep, one file each in `OUTPUT/cells`, from which a killed sweep resumes.
package struct SweepCells: Sendable {
    static let directoryName = "cells"

    /// The result of one cell.
    struct Cell: Codable, Sendable, Equatable {
        /// `SweepIdentity.key`: a cell of another sweep is ignored.
        var key: String
        var rows: [SweepRow]
    }

    private let directory: FilePath
    private let key: String

    /// - Throws: an error if the directory cannot be made.
    init(_ output: FilePath, key: String) throws {
        directory = output.appending(Self.directoryName)
        self.key = key
        try OutputDirectory.makeDirectory(directory)
    }

    private init(existing output: FilePath, key: String) {
        directory = output.appending(Self.directoryName)
        self.key = key
    }

    /// Opens results that are only read.
    static func reading(_ output: FilePath, key: String) -> SweepCells {
        SweepCells(existing: output, key: key)
    }

    private func path(_ index: Int) -> FilePath {
        let digits = String(index)
        return directory.appending(String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".json")
    }

    /// nil if the cell is not finished, was truncated, or belongs to another sweep.
    func read(_ index: Int) throws -> [SweepRow]? {
        guard let bytes = try Files.read(path(index)),
            let cell = try? JSONDecoder().decode(Cell.self, from: Data(bytes)), cell.key == key
        else { return nil }
        return cell.rows
    }

    /// Writes the cell's file completely or not at all.
    func write(_ index: Int, _ rows: [SweepRow]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try OutputDirectory.replace(path(index), with: Array(try encoder.encode(Cell(key: key, rows: rows))))
    }
}
