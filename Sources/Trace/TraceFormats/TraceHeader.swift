import Determinism
import Documents
import Quantities
import System
import Traces

/// The lines of a trace before its rows.
struct TraceHeader {
    static let keys = ["path", "kind", "duration_s", "curve", "queue_down", "queue_up", "accounting", "source"]

    private(set) var name = ""
    private(set) var kind = PathKind.other
    private(set) var duration = Duration.zero
    /// nil where the header has none.
    private(set) var queueDown: ByteCount?
    private(set) var queueUp: ByteCount?
    private(set) var source = ""

    /// A key and its value, and where the value stands.
    private struct Entry {
        var key: String
        var keyColumn: Int
        var value: String
        var column: Int
    }

    /// Reads up to and including the line of column names.
    init(reading lines: inout TextLines) throws {
        try Self.checkVersion(&lines)
        var seen: Set<String> = []
        while let line = lines.next() {
            guard line.bytes.first == UInt8(ascii: "#") else {
                for key in ["path", "kind", "duration_s"] where !seen.contains(key) {
                    throw lines.fault(
                        line, "the header before this line lacks '\(key)'; add '# \(key): \(Self.example(key))'")
                }
                try Self.checkColumns(line, in: lines)
                return
            }
            for entry in Self.entries(line) {
                guard Self.keys.contains(entry.key) else {
                    throw lines.fault(
                        line, column: entry.keyColumn,
                        "unknown header key "
                            + "'\(entry.key.prefix(40))'\(Suggestion.ending(for: entry.key, among: Self.keys))"
                    )
                }
                guard seen.insert(entry.key).inserted else {
                    throw lines.fault(
                        line, column: entry.keyColumn, "'\(entry.key)' is given twice; remove one of them")
                }
                if let objection = take(entry) { throw lines.fault(line, column: entry.column, objection) }
            }
        }
        throw Fault.input(
            lines.path, line: lines.lastNumber,
            "ends before any row; add '\(TraceFile.columns.joined(separator: ","))' and rows")
    }

    private static func checkVersion(_ lines: inout TextLines) throws {
        guard let line = lines.next() else { return }
        let words = line.text.split(separator: " ").map(String.init)
        guard words.count == 4, words[0...2] == ["#", "walkback", "trace"] else {
            throw lines.fault(
                line, "is no trace, for its first line is not '\(TraceFile.firstLine)'; 'walkback import' makes one")
        }
        guard words[3] == String(TraceFile.version) else {
            throw lines.fault(
                line, column: 18,
                "is a trace of version '\(words[3])', and this Walkback reads version \(TraceFile.version); "
                    + "update Walkback"
            )
        }
    }

    private static func checkColumns(_ line: TextLines.Line, in lines: TextLines) throws {
        let names = TraceFile.columns
        let fields = Field.split(line, limit: names.count + 1)
        for (index, field) in fields.enumerated() where index >= names.count || field.text != names[index] {
            let known = names.contains(field.text)
            let cause = known || index >= names.count ? "does not belong here" : "is no column of a trace"
            let ending =
                known || index >= names.count
                ? "; the columns are \(names.joined(separator: ","))" : Suggestion.ending(for: field.text, among: names)
            throw lines.fault(line, column: field.column, "column \(field.quoted) \(cause)\(ending)")
        }
        guard fields.count == names.count else {
            throw lines.fault(
                line, column: line.bytes.count + 1,
                "column '\(names[fields.count])' is missing; the columns are \(names.joined(separator: ","))")
        }
    }

    /// `# key: value words   key: value`; the source is all that follows its key.
    private static func entries(_ line: TextLines.Line) -> [Entry] {
        var entries: [Entry] = []
        var start = line.bytes.startIndex + 1
        while start < line.bytes.endIndex {
            let end = line.bytes[start...].firstIndex(of: UInt8(ascii: " ")) ?? line.bytes.endIndex
            let word = String(decoding: line.bytes[start..<end], as: UTF8.self)
            let column = start - line.bytes.startIndex + 1
            if word.hasSuffix(":") || (entries.isEmpty && !word.isEmpty) {
                let key = word.hasSuffix(":") ? String(word.dropLast()) : word
                entries.append(Entry(key: key, keyColumn: column, value: "", column: column + word.utf8.count + 1))
                if key == "source" {
                    let rest = line.bytes[min(end + 1, line.bytes.endIndex)...]
                    entries[entries.count - 1].value = String(decoding: rest, as: UTF8.self)
                    return entries
                }
            } else if !word.isEmpty {
                if entries[entries.count - 1].value.isEmpty { entries[entries.count - 1].column = column }
                entries[entries.count - 1].value += (entries[entries.count - 1].value.isEmpty ? "" : " ") + word
            }
            start = end + 1
        }
        return entries
    }

    private static func example(_ key: String) -> String {
        ["path": "wifi", "kind": "wifi", "duration_s": "100"][key] ?? ""
    }

    /// Keeps a value; returns why it cannot.
    private mutating func take(_ entry: Entry) -> String? {
        let value = entry.value
        switch entry.key {
        case "path":
            name = value
            return PathName.objection(to: value)
        case "kind":
            guard let known = PathKind(rawValue: value) else {
                return "unknown kind '\(value.prefix(40))'\(Suggestion.ending(for: value, among: PathKind.names))"
            }
            kind = known
        case "duration_s":
            guard let nanoseconds = try? FixedPoint.parse(Array(value.utf8), decimals: 9), nanoseconds > 0,
                .nanoseconds(nanoseconds) <= TraceFile.largestDuration
            else {
                return "duration_s '\(value.prefix(40))' is not a number of seconds above 0 and up to "
                    + "\(TraceFile.largestDuration.seconds.text()); write where the last row ends"
            }
            duration = .nanoseconds(nanoseconds)
        case "curve":
            if value == "staircase" { return "a staircase curve is not available in this version; use 'curve: linear'" }
            guard value == "linear" else {
                return "unknown curve '\(value.prefix(40))'\(Suggestion.ending(for: value, among: ["linear"]))"
            }
        case "queue_down", "queue_up":
            guard let queue = ByteCount(text: value), queue > .zero, queue <= TraceFile.largestQueue else {
                return "\(entry.key) '\(value.prefix(40))' is not a size above 0; write it as in '150000 B' or '150 kB'"
            }
            if entry.key == "queue_down" { queueDown = queue } else { queueUp = queue }
        case "accounting":
            guard value == "ip" else {
                return
                    "unknown accounting '\(value.prefix(40))'; convert the rates to IP-layer bits and write "
                    + "'accounting: ip'"
            }
        default:
            source = value
        }
        return nil
    }
}
