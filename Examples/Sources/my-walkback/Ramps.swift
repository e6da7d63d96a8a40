// SPDX-License-Identifier: Apache-2.0
import WalkbackKit

/// A trace format: lines of `SECONDS KBPS`, how long each rate lasts, after a line `%ramps`.
struct Ramps: TraceFormat {
    let name = "ramps"
    let summary = "SECONDS KBPS, a line for each rate, after a line '%ramps'"
    let holds = TraceExtent.direction

    func recognises(_ beginning: TraceBeginning) -> Bool { beginning.lines.first == "%ramps" }

    func read(_ file: InputFile) throws -> TraceReading {
        var lines = try TextLines(file)
        _ = lines.next()
        var rates: [TimedRate] = []
        var end = Duration.zero
        while let line = lines.next() {
            let words = line.text.split(separator: " ").compactMap { Int($0) }
            guard words.count == 2 else { throw lines.fault(line, "is not SECONDS KBPS") }
            rates.append(TimedRate(time: end, rate: .megabitsPerSecond(Double(words[1]) / 1000)))
            end += .seconds(words[0])
        }
        return TraceReading(.rates(rates, end: end))
    }
}
