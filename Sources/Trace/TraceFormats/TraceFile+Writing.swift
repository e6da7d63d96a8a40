// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Traces

extension TraceFile {
    /// The file's whole text. Values finer than the file's steps are rounded to them.
    package static func text(of trace: PathTrace, columns: [LinkColumn] = LinkColumn.all) -> String {
        var bytes: [UInt8] = []
        write(trace, columns: columns) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Passes the same text on in pieces of some kilobytes.
    package static func write(
        _ trace: PathTrace, columns all: [LinkColumn] = LinkColumn.all, to take: ([UInt8]) throws -> Void
    ) rethrows {
        let columns = TraceColumns(all) { $0.isSet(in: trace.samples, $0.directions) }
        let source = trace.source.split(whereSeparator: \.isNewline).joined(separator: " ")
        let duration = FixedPoint.text(trace.duration.wholeNanoseconds, decimals: 9)
        let head = """
            \(firstLine)
            # path: \(trace.name)   kind: \(trace.kind.rawValue)   duration_s: \(duration)   curve: linear
            # queue_down: \(trace.queueDown.bytes) B   queue_up: \(trace.queueUp.bytes) B   accounting: ip
            # source: \(source)
            \(columns.names.joined(separator: ","))

            """
        var rows = Array(head.utf8)
        for sample in trace.samples {
            if rows.count >= piece {
                try take(rows)
                rows.removeAll(keepingCapacity: true)
            }
            FixedPoint.append(sample.time.wholeNanoseconds, decimals: 9, to: &rows)
            for field in columns.fields {
                rows.append(UInt8(ascii: ","))
                guard let value = field.column.value(sample, field.direction) else { continue }
                FixedPoint.append(value, decimals: field.column.form.decimals, to: &rows)
            }
            rows.append(UInt8(ascii: "\n"))
        }
        try take(rows)
    }

    private static let piece = 1 << 16
}

/// The fields of a file's rows, after the time of each.
struct TraceColumns {
    /// A class, because copying a column retains each of its closures, and a long trace has millions of fields.
    final class Field: Sendable {
        let column: LinkColumn
        let direction: Direction
        let name: String

        init(_ column: LinkColumn, _ direction: Direction, _ name: String) {
            self.column = column
            self.direction = direction
            self.name = name
        }
    }

    let fields: [Field]
    /// All column names, in the order of the file.
    let names: [String]

    /// - Parameter isIncluded: whether this trace has a given optional column.
    init(_ columns: [LinkColumn], _ isIncluded: (LinkColumn) -> Bool) {
        fields = columns.filter { $0.isRequired || isIncluded($0) }.flatMap { column in
            zip(column.directions, column.csv).map { Field(column, $0, $1) }
        }
        names = ["time_s"] + fields.map(\.name)
    }
}
