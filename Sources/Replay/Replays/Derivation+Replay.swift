// SPDX-License-Identifier: Apache-2.0
import Derivation
import TraceFormats
import Traces

extension Derivation {
    package static let replayFileName = TraceImport.replayFileName

    /// The text of a replay of the derived paths.
    package var replay: String {
        ReplayText.text(
            name: options.name, command: command,
            comments: ["Capacity where demand did not fill the link: \(options.filling.rawValue)."],
            paths: traces.map { ($0.name, $0.kind, "trace: \(TraceImport.traceFileName($0.name))") })
    }

    /// Every file of the output directory, the replay last.
    package var files: [(name: String, text: String)] {
        traces.map { (TraceImport.traceFileName($0.name), TraceFile.text(of: $0)) } + [(Self.replayFileName, replay)]
    }
}
