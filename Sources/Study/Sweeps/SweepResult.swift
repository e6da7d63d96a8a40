// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Reports
import SystemPackage
import Traces

/// The result of a sweep, from which alone its table, its document and its gains are made.
package struct SweepResult: Sendable {
    static let documentName = "sweep.json"
    static let tableName = "sweep.csv"
    /// The figures of a sweep that varies only one number.
    static let figureNames = ["goodput.svg", "gain.svg"]

    let identity: SweepIdentity
    /// The rows of each cell, in the order of the grid.
    let rows: [[SweepRow]]

    /// Paths in order of their first occurrence.
    var paths: [String] { names { $0.wire.keys.sorted() } }
    var models: [String] { names { $0.energy.keys.sorted() } }

    private func names(_ of: (SweepRow) -> [String]) -> [String] {
        var seen: [String] = []
        for row in rows.joined() {
            for name in of(row) where !seen.contains(name) { seen.append(name) }
        }
        return seen
    }

    package var exitCode: ExitCode {
        rows.joined().contains(where: \.isDoubtful) ? .notTrustworthy : .success
    }

    /// The text of sweep.json.
    package var document: String { json.text }

    /// The files in the order in which they are written; the last one marks the result as complete.
    var files: [(name: String, bytes: [UInt8])] {
        var files = [
            (Self.tableName, csv), ("report.html", SweepReport.html(of: self)), (Self.documentName, json.text),
        ]
        if let figures = SweepFigures(self) {
            files.insert(contentsOf: Array(zip(Self.figureNames, [figures.goodput.file, figures.gain.file])), at: 0)
        }
        return files.map { ($0.0, Array($0.1.utf8)) }
    }

    // MARK: - Tables

    var csv: String {
        let (paths, models) = (self.paths, self.models)
        var columns =
            ["cell"] + identity.columns + [
                "kind", "strategy", "seed", "direction", "duration_s", "app_bytes", "goodput_mbps", "longest_gap_s",
            ]
        columns += paths.map { "wire_bytes_\($0)" } + models.map { "energy_\($0)_j" }
        columns += ["verified", "fidelity_violations", "failure"]
        var text = columns.map(CSVField.text(_:)).joined(separator: ",") + "\n"
        for (index, cell) in rows.enumerated() {
            let point = identity.values(of: index)
            for row in cell {
                let fields = ["\(index + 1)"] + point + Self.fields(of: row, paths: paths, models: models)
                text += fields.map(CSVField.text(_:)).joined(separator: ",") + "\n"
            }
        }
        return text
    }

    private static func fields(of row: SweepRow, paths: [String], models: [String]) -> [String] {
        var fields = [
            row.kind.rawValue, row.strategy, "\(row.seed)", row.direction.rawValue, row.duration.seconds.text(),
        ]
        fields.append(row.delivered.map { "\($0.bytes)" } ?? "")
        fields.append(row.goodput?.megabitsPerSecond.text() ?? "")
        fields.append(row.longestGap?.seconds.text() ?? "")
        for path in paths { fields.append(row.wire[path].map { "\($0.bytes)" } ?? "") }
        for model in models { fields.append(row.energy[model]?.text() ?? "") }
        fields.append(row.verified.map { $0 ? "1" : "0" } ?? "")
        fields.append(row.violations.map { "\($0)" } ?? "")
        fields.append(row.failure ?? "")
        return fields
    }

    var json: JSON {
        .object([
            "schema": .string("walkback.sweep/1"),
            "name": .string(identity.name),
            "sha256": .string(identity.sha256),
            "definition": .string(identity.definition),
            "command": .string(identity.command),
            "engine": .string(identity.engine),
            "environment": .object([
                "walkback": .string(identity.walkback),
                "kernel": .object([
                    "release": .string(identity.kernelRelease),
                    "patches": .array(identity.kernelPatches.map(JSON.string)),
                ]),
            ]),
            "grid": .array(
                zip(identity.columns, identity.values).map { column, values in
                    .object(["column": .string(column), "values": .line(values.map(JSON.string))])
                }),
            "gains": .array(SweepGains.all(of: self).map(\.json)),
            "cells": .array(
                rows.enumerated().map { index, rows in
                    .object([
                        "point": .line(identity.values(of: index).map(JSON.string)), "rows": .array(rows.map(\.json)),
                    ])
                }),
        ])
    }
}

extension SweepRow {
    fileprivate var json: JSON {
        .object([
            "kind": .string(kind.rawValue),
            "strategy": .string(strategy),
            "seed": .integer(Int64(seed)),
            "direction": .string(direction.rawValue),
            "duration_s": .number(duration.seconds),
            "app_bytes": .bytes(delivered),
            "goodput_mbps": .optional(goodput?.megabitsPerSecond),
            "longest_gap_s": .optional(longestGap?.seconds),
            "wire_bytes": .object(wire.mapValues { .integer($0.bytes) }),
            "energy_j": .object(energy.mapValues { .number($0) }),
            "verified": verified.map { .bool($0) } ?? .null,
            "fidelity_violations": violations.map { .integer(Int64($0)) } ?? .null,
            "failure": failure.map { .string($0) } ?? .null,
        ])
    }
}
