// SPDX-License-Identifier: Apache-2.0
import Documents
import System
import Traces

/// Converts a trace into files of another format.
package enum TraceExport {
    /// - Parameters:
    ///   - path: a file of any format that holds a whole path.
    ///   - direction: export only this direction, to a file named exactly `output`; nil: export both.
    ///   - output: the file's name. A format with one file for each direction appends `.down` and `.up`.
    /// - Throws: `Fault`: bad input if the file is not a whole path or the format cannot express it; usage if the
    ///   format
    ///   has no files of one direction.
    package static func files(
        _ path: String, as format: any TraceFormat, _ direction: Direction?, to output: String
    ) throws -> [(name: String, trace: WrittenTrace)] {
        let trace = try wholePath(path)
        if let format = format as? any LinkWriting {
            return try (direction.map { [$0] } ?? Direction.allCases).map { each in
                let name = direction == nil ? "\(output).\(each.rawValue)" : output
                return (name, try format.write(trace, each, from: path))
            }
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
        return [(output, try format.write(trace, from: path))]
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
