// SPDX-License-Identifier: Apache-2.0
import Documents
import System
import Traces

/// Converts a trace into files of another format.
package enum TraceExport {
    /// Passes on one file after the other, so that only one has to be in memory.
    ///
    /// - Parameters:
    ///   - path: a file of any format that holds a whole path.
    ///   - direction: export only this direction, to a file named exactly `output`; nil: export both.
    ///   - output: the file's name. A format with one file for each direction appends `.down` and `.up`.
    /// - Throws: `Fault`: bad input if the file is not a whole path or the format cannot express it; usage if the
    ///   format has no files of one direction; or what `body` throws.
    package static func forEachFile(
        _ path: String, as format: any TraceFormat, _ direction: Direction?, to output: String,
        _ body: (_ name: String, _ trace: WrittenTrace) throws -> Void
    ) throws {
        let trace = try wholePath(path)
        if let format = format as? any LinkWriting {
            for each in direction.map({ [$0] }) ?? Direction.allCases {
                let name = direction == nil ? "\(output).\(each.rawValue)" : output
                try body(name, try format.write(trace, each, from: path))
            }
            return
        }
        guard let format = format as? any PathWriting else {
            throw Fault(.usage, "the format '\(format.name)' can be read but not written; choose another --format")
        }
        guard direction == nil else {
            throw Fault(
                .usage,
                "--direction cannot be used with --format \(format.name), whose files hold both directions; "
                    + "leave it out"
            )
        }
        try body(output, try format.write(trace, from: path))
    }

    /// All files at once.
    package static func files(
        _ path: String, as format: any TraceFormat, _ direction: Direction?, to output: String
    ) throws -> [(name: String, trace: WrittenTrace)] {
        var files: [(name: String, trace: WrittenTrace)] = []
        try forEachFile(path, as: format, direction, to: output) { files.append(($0, $1)) }
        return files
    }

    private static func wholePath(_ path: String) throws -> PathTrace {
        let file = try InputFile.read(path)
        let format = try TraceFormats.format(of: file)
        guard case .path(let trace, let lacking) = try TraceFormats.read(file, as: format).contents, lacking.isEmpty
        else {
            throw Fault.input(
                path,
                "does not hold a whole path with delays and queues, because its format is '\(format.name)'; "
                    + "convert it to "
                    + "a trace with 'walkback import' first")
        }
        return trace
    }
}
