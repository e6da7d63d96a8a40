// SPDX-License-Identifier: Apache-2.0
import Documents
import System
import Traces

/// A trace made into files of another format.
package enum TraceExport {
    /// - Parameters:
    ///   - path: a file of any format that holds a whole path.
    ///   - direction: that one alone, in a file of exactly the name `output`; nil: both.
    ///   - output: the file's name; a format with a file for each direction adds `.down` and `.up`.
    /// - Throws: `Fault`: bad input where the file is no whole path or the format cannot say it, usage where the format
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
            throw Fault(.usage, "the format '\(format.name)' can be read and not written")
        }
        guard direction == nil else {
            throw Fault(.usage, "--direction is not for --format \(format.name), whose files hold both directions")
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
                "does not hold a whole path with delays and queues, for its format is '\(format.name)'; make it a "
                    + "trace with 'walkback import' first")
        }
        return trace
    }
}
