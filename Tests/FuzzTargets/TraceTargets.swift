// SPDX-License-Identifier: Apache-2.0
import Documents
import Inspection
import System
import TraceFormats
import Traces

extension FuzzTargets {
    /// Every trace format, with what `import`, `export` and `inspect` do with its files.
    static let traces = [
        trace("trace-csv", TraceFile()) { [WalkSeeds.wifi, WalkSeeds.cellular] },
        trace("per-second", PerSecondFormat()) { ["1,250000\n2,0\n3,1250000.5\n4,7\n", "1,0\r\n2,9\r\n"] },
        trace("mahimahi", MahimahiFormat()) { [WalkSeeds.opportunities, "0\n0\n1\n"] },
    ]

    private static func trace(
        _ name: String, _ format: any TraceFormat, seeds: @escaping @Sendable () -> [String]
    ) -> FuzzTarget {
        FuzzTarget(name, seeds: { seeds().map { Array($0.utf8) } }) { input in
            let path = try Scratch.write("walk.\(name)", input)
            _ = TraceFormats.recognising(TraceBeginning(path: path, bytes: input))
            if (try? TraceFormats.format(of: InputFile(path: path, bytes: input)).name) == format.name {
                _ = try Inspection.of(path).document.text
            }
            let imported = try TraceImport(
                .init(paths: [PathSpecification(name: "wifi", kind: .wifi, down: path)], format: format))
            for trace in imported.traces {
                let written = try TraceFile().write(trace, from: path)
                let again = try TraceFile().read(InputFile(path: "again", bytes: written.bytes))
                try expect(
                    again.contents == .path(trace, lacking: []) || trace.opportunities != nil,
                    "a trace is read back with other values")
                for direction in Direction.allCases {
                    _ = trace.table(direction).encoded()
                    // A trace that carries no packet has no opportunities, which is no mistake of the importer.
                    _ = try? MahimahiFormat().write(trace, direction, from: path)
                }
            }
        }
    }
}

/// A walk of three seconds over two paths.
enum WalkSeeds {
    static let wifi = """
        # walkback trace 1
        # path: wifi   kind: wifi   duration_s: 3   curve: linear
        # queue_down: 28500 B   queue_up: 28500 B   accounting: ip
        # source: made for tests
        time_s,down_mbps,up_mbps,delay_down_ms,delay_up_ms,loss_down,loss_up,attached,signal_dbm
        0,11,3.67,5,5,0,0,1,-53
        0.5,2.5,1,7.5,6,0.01,0,1,-70.5
        1.25,0,0,5,5,0,0,0,
        2,6,2,5,5,0,0.001,1,-60

        """
    static let cellular = """
        # walkback trace 1
        # path: cellular   kind: cellular   duration_s: 3   curve: linear
        # queue_down: 250000 B   queue_up: 64000 B   accounting: ip
        # source: made for tests
        time_s,down_mbps,up_mbps,delay_down_ms,delay_up_ms,loss_down,loss_up,attached,signal_dbm
        0,1.5,0.5,40,40,0,0,1,-95
        1,2,0.5,60,40,0,0,1,-90

        """
    static let opportunities = "3\n3\n10\n250\n251\n1999\n3000\n"

    /// The file of this name in the directory of a replay.
    static func file(_ name: String) -> InputFile {
        let text =
            name.hasSuffix(".down") || name.hasSuffix(".up") ? opportunities : name.contains("cell") ? cellular : wifi
        return InputFile(path: name, bytes: Array(text.utf8))
    }
}
