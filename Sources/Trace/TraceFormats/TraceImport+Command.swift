// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Traces

extension TraceImport {
    /// The command that makes the same files again. It has the inputs' file names without their directories: the traces
    /// contain this command, and the place where somebody keeps the recordings must not change a result's digest.
    static func command(_ options: Options, _ formats: [any TraceFormat]) -> String {
        var words = ["walkback import"]
        for path in options.paths {
            let files = [path.down, path.up].compactMap { $0.map(lastComponent) }
            words.append("\(path.name):\(path.kind.rawValue)=\(files.joined(separator: ","))")
        }
        // If the files are of several formats, each one's format is detected from its beginning again.
        let names = Set(formats.map(\.name))
        if names.count == 1, let name = names.first { words.append("--format \(name)") }
        for path in options.paths {
            if let roundTrip = path.roundTrip { words.append("--rtt \(path.name)=\(milliseconds(roundTrip))") }
        }
        for path in options.paths {
            if let queue = path.queue { words.append(queue.option(path.name)) }
        }
        if let detachAfter = options.detachAfter {
            words.append("--detach-after \(FixedPoint.text(detachAfter.wholeNanoseconds, decimals: 9))")
        }
        if let duration = options.duration { words.append("--duration \(seconds(duration))") }
        return words.joined(separator: " ")
    }

    package static func seconds(_ time: Duration) -> String {
        FixedPoint.text(time.wholeNanoseconds, decimals: 9) + "s"
    }

    package static func milliseconds(_ time: Duration) -> String {
        FixedPoint.text(time.wholeNanoseconds, decimals: 6) + "ms"
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
