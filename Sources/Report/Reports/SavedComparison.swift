// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Results

/// The documents that hold a comparison: comparison.json, series.csv, links.csv and delays.csv. Everything that people
/// read is made from these documents, at once or later, so that no two reports can disagree.
package struct SavedComparison: Sendable {
    package static let documentName = "comparison.json"
    package static let seriesName = "series.csv"
    package static let linksName = "links.csv"
    package static let delaysName = "delays.csv"

    package let document: [UInt8]
    /// Empty for a result that was read: its reports are made from `result`.
    package let series: [UInt8]
    package let links: [UInt8]
    /// Empty for results that are older than this file.
    package let delays: [UInt8]
    /// comparison.json, parsed.
    let reader: JSONReader
    /// The result, with the values that the documents hold.
    package let result: ComparisonResult

    /// - Throws: `Fault` if the documents that were written cannot be read back, which would be a bug.
    package init(_ result: ComparisonResult) throws {
        series = Array(SeriesFile.csv(of: result).utf8)
        links = Array(LinksFile.csv(of: result).utf8)
        delays = Array(DelaysFile.csv(of: result).utf8)
        let files = [
            Self.seriesName: series.count, Self.linksName: links.count, Self.delaysName: delays.count,
        ]
        document = Array(ComparisonDocument.json(of: result, files: files).text.utf8)
        reader = try JSONReader(
            document: document, path: Self.documentName, schema: ComparisonDocument.schema,
            older: ComparisonDocument.olderSchemas)
        // The series are not parsed again, since their file is long; they are reduced to what reading it would give.
        self.result = try Self.read(reader, links: links, delays: delays, directory: "") { _ in
            result.runs.map(\.series.inRows)
        }
    }

    /// - Parameters:
    ///   - directory: the directory's name, for messages.
    ///   - pieces: returns a file of that directory that may be too large for memory; nil if it does not exist.
    ///   - file: returns the bytes of a file of that directory; nil if it does not exist.
    /// - Throws: `Fault` (bad input) if it is not a complete result of this schema.
    package init(
        directory: String, pieces: ((String) throws -> FilePieces?)? = nil, file: (String) throws -> [UInt8]?
    ) throws {
        guard let document = try file(Self.documentName) else {
            throw Fault.input(
                directory,
                "holds no \(Self.documentName), so it is not a complete result; name the --output of a comparison")
        }
        let reader = try JSONReader(
            document: document, path: Self.place(Self.documentName, in: directory), schema: ComparisonDocument.schema,
            older: ComparisonDocument.olderSchemas)
        func part<Part>(_ name: String, _ file: Part?, _ count: (Part) -> Int) throws -> Part {
            let path = Self.place(name, in: directory)
            guard let file else {
                throw Fault.input(path, "is missing, so the result is not complete; compare again")
            }
            if let size = try reader.optional("files")?.optional(name)?.integer, size != count(file) {
                throw Fault.input(
                    path,
                    "has \(count(file)) bytes, but should have \(size) according to \(Self.documentName), so "
                        + "the result is damaged; "
                        + "compare again")
            }
            return file
        }
        func whole(_ name: String) throws -> [UInt8] { try part(name, try file(name), \.count) }
        let series = try part(
            Self.seriesName, try pieces.map { try $0(Self.seriesName) } ?? file(Self.seriesName).map { FilePieces($0) },
            \.size)
        let links = try whole(Self.linksName)
        let delays = try reader.optional("files")?.optional(Self.delaysName) == nil ? [] : whole(Self.delaysName)
        self.document = document
        self.series = []
        self.links = links
        self.delays = delays
        self.reader = reader
        result = try Self.read(reader, links: links, delays: delays, directory: directory) { runs in
            try SeriesFile.series(series, path: Self.place(Self.seriesName, in: directory), of: runs)
        }
        guard !result.runs.isEmpty else {
            throw Fault.input(
                Self.place(Self.documentName, in: directory),
                "holds no run, so there is nothing to report; compare again")
        }
    }

    private static func place(_ name: String, in directory: String) -> String {
        directory.isEmpty ? name : directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }

    private static func read(
        _ reader: JSONReader, links: [UInt8], delays: [UInt8], directory: String,
        series: ([ComparisonResult.Run]) throws -> [Series]
    ) throws -> ComparisonResult {
        var result = try ComparisonDocument.read(reader)
        let detached = try ComparisonDocument.detached(reader)
        result.replay.traces = try LinksFile.traces(
            links, path: place(linksName, in: directory), of: Array(zip(result.replay.traces, detached)))
        for (index, series) in try series(result.runs).enumerated() { result.runs[index].series = series }
        guard !delays.isEmpty else { return result }
        let read = try DelaysFile.delays(
            delays, path: place(delaysName, in: directory), of: result.runs, in: result.replay)
        for (index, delays) in read.enumerated() { result.runs[index].series.delays = delays }
        return result
    }

    // MARK: What people read

    /// Every file that is made from the documents, with its name.
    package var report: [(name: String, bytes: [UInt8])] {
        var texts = [
            ("report.html", HTMLReport.text(of: result)), ("summary.md", Summary.markdown(of: result)),
            ("junit.xml", JUnitReport.xml(of: result)),
        ]
        for file in FigureFiles.all(of: result) {
            texts += [("\(file.name).svg", file.svg), ("\(file.name).csv", file.csv)]
        }
        return texts.map { ($0.0, Array($0.1.utf8)) }
    }
}
