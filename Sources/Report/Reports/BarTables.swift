import Determinism
import Results

/// The replay's bars and what came of them.
enum BarTables {
    static func name(of outcome: ComparisonResult.BarVerdict.Outcome) -> String {
        switch outcome {
        case .met: "met"
        case .missed: "MISSED"
        case .notEvaluated: "not evaluated"
        }
    }

    static func bars(of result: ComparisonResult) -> ResultTable {
        var table = ResultTable("Bars", headers: ["bar", "", "found"], textColumns: [1, 2])
        for bar in result.bars {
            table.add(
                bar.bar,
                cells: [.init(text: name(of: bar.outcome), isBad: bar.outcome == .missed), .init(text: bar.finding)])
        }
        return table
    }

    /// How many of them are met; nil where there are none.
    static func sentence(of result: ComparisonResult) -> String? {
        guard !result.bars.isEmpty else { return nil }
        func count(_ outcome: ComparisonResult.BarVerdict.Outcome) -> Int {
            result.bars.count { $0.outcome == outcome }
        }
        let (missed, left) = (count(.missed), count(.notEvaluated))
        var text = "Bars: \(count(.met)) of \(result.bars.count) met"
        if missed > 0 { text += ", \(missed) missed" }
        if left > 0 { text += ", \(left) not evaluated" }
        return text + "."
    }
}
