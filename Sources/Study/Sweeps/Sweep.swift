// SPDX-License-Identifier: Apache-2.0
import Comparison
import Determinism
import Documents
import FoundationEssentials
import Quantities
import Replays
import Synthesis
import System
import Traces
import Yams

/// A grid of replays, each under all its strategies and seeds, as `NAME.yaml` describes it for `walkback sweep`.
package struct Sweep: Sendable {
    package struct Dimension: Sendable, Equatable {
        /// The key in the sweep's file: `wifi-coverage`.
        package let key: String
        /// The heading in a table: `wifi_coverage_percent`.
        package let column: String
        /// The values as a table shows them.
        package let values: [String]
        /// Whether this is the generator's seed: points that differ only in it are samples of the same thing.
        package let isWalk: Bool
    }

    package let name: String
    package let dimensions: [Dimension]
    /// The hash of the file's content and of the files that it names.
    let sha256: String
    let path: String
    /// The file's text.
    let definition: String
    private let base: Base
    /// The settings of every cell; `grid` holds those of each dimension. Values are YAML.
    private let settings: [(key: SweepKey, value: String)]
    private let grid: [(key: SweepKey, values: [String])]
    private let cellular = LastCellular()

    /// The source of every cell's replay.
    private enum Base: Sendable {
        /// A replay's text, and the directory to which the paths of its traces are relative.
        case replay(text: String, directory: String)
        case generated(OutdoorParameters.Movement)
    }

    /// The name that messages give the text that a cell's replay is read from.
    private static let made = "the cell's replay"

    /// Larger grids are refused: such a number can only be a mistake.
    package static let mostCells = 1_000_000

    /// - Throws: `Fault` (bad input) as `path:line:column: message`, for everything that can be checked without making
    ///   a cell.
    package static func load(_ path: String, quick: Bool = false) throws -> Sweep {
        try Sweep(InputFile.read(path, largest: YAMLReader.largest), quick: quick)
    }

    init(_ file: InputFile, quick: Bool) throws {
        path = file.path
        definition = try file.text()
        let document = try SweepDocument(file, quick: quick)
        name = document.name
        settings = try document.settings.map { ($0.key, try Yams.serialize(node: $0.value)) }
        grid = try document.dimensions.map { ($0.key, try $0.values.map { try Yams.serialize(node: $0) }) }
        dimensions = document.dimensions.map { dimension in
            Dimension(
                key: dimension.key.text, column: dimension.key.column,
                values: dimension.values.compactMap { $0.scalar?.string }.compactMap(dimension.key.column(of:)),
                isWalk: dimension.key == .walk)
        }
        var count = 1
        for dimension in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension.values.count)
            count = overflow ? Int.max : product
        }
        guard count <= Self.mostCells else {
            let sizes = dimensions.map { "\($0.values.count)" }.joined(separator: " x ")
            throw Fault.input(
                path, "the grid of \(sizes) has more than \(Self.mostCells) cells; make it smaller")
        }
        var hash = SHA256()
        hash.update(file.bytes)
        hash.update(quick ? Array("quick".utf8) : [])
        switch document.base {
        case .replay(let name, let node):
            do {
                let directory = Self.directory(of: path)
                let file = try InputFile.read(
                    name.hasPrefix("/") ? name : directory + name, largest: YAMLReader.largest)
                hash.update(Array(try Replay.load(file.path).sha256.utf8))
                base = .replay(text: try file.text(), directory: Self.directory(of: file.path))
            } catch let fault as Fault {
                throw Fault(fault.code, document.reader.fault(node, "replay \(fault.message)").message)
            }
        case .generated(let movement):
            base = .generated(movement)
        }
        sha256 = hash.hexadecimal()
    }

    private static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// The number of points of the grid, whose first dimension varies slowest.
    package var cellCount: Int { dimensions.map(\.values.count).reduce(1, *) }

    /// For each dimension, the place of its value in cell `index`.
    package func point(of index: Int) -> [Int] {
        GridPoint.places(of: index, in: dimensions.map(\.values.count))
    }

    /// A cell's name in messages: `wifi-coverage 40, walk 3`.
    package func title(of index: Int) -> String {
        zip(dimensions, point(of: index)).map { "\($0.key) \($0.values[$1])" }.joined(separator: ", ")
    }

    /// The replay of a cell.
    ///
    /// - Throws: `Fault` (bad input) that names the cell.
    package func replay(of index: Int) throws -> Replay {
        do {
            let point = self.point(of: index)
            let replay = try makeReplay(
                settings + zip(grid, point).map { dimension, place in (dimension.key, dimension.values[place]) })
            try RunLimit.check(replay, Self.made)
            return replay
        } catch let fault as Fault {
            let title = self.title(of: index)
            // The position is removed: it refers to a generated text that the user does not have.
            var message = fault.message
            if message.hasPrefix(Self.made), let end = message.firstRange(of: ": ") {
                message.removeSubrange(..<end.upperBound)
            }
            throw Fault(.badInput, "\(path): \(title.isEmpty ? "" : "with \(title): ")\(message)")
        }
    }

    private func makeReplay(_ values: [(key: SweepKey, value: String)]) throws -> Replay {
        let text: String
        var made: [String: PathTrace] = [:]
        var directory = ""
        switch base {
        case .replay(let own, let place):
            (text, directory) = (own, place)
        case .generated(let movement):
            let parameters = try generator(movement, values)
            for trace in [OutdoorWalk.wifi(parameters), cellular.trace(parameters)] {
                made[OutdoorWalk.traceFileName(trace.name, parameters)] = trace
            }
            text = OutdoorWalk.replay(parameters)
        }
        var root = try Yams.compose(yaml: text) ?? Node.mapping([:])
        for (key, value) in values {
            guard case .replay(let parts) = key else { continue }
            root = root.setting(parts[...], to: try Yams.compose(yaml: value) ?? Node.scalar(.init("")))
        }
        root = root.setting(["name"], to: .scalar(.init(name)))
        let file = InputFile(path: Self.made, bytes: Array(try Yams.serialize(node: root).utf8))
        let replay = try Replay.parse(file, made: made) { name in
            try InputFile.read(name.hasPrefix("/") ? name : directory + name)
        }
        if let command = replay.namedCommands.first {
            throw Fault(
                .badInput,
                "strategy '\(command.name)' is decided by a program, which sweeps do not run; leave it out, or use "
                    + "walkback compare")
        }
        return replay
    }

    private func generator(
        _ movement: OutdoorParameters.Movement, _ values: [(key: SweepKey, value: String)]
    ) throws -> OutdoorParameters {
        var coverage: Double?
        var (walk, duration, calibration) = (UInt64(1), Duration.seconds(600), OutdoorParameters.Calibration.published)
        var settings: [(name: String, value: String)] = []
        for (key, yaml) in values {
            let text = try Yams.compose(yaml: yaml)?.scalar?.string ?? ""
            func read<Value>(_ value: Value?) throws -> Value {
                guard let value else { throw Fault(.badInput, "'\(text.prefix(40))' is not a value of \(key.text)") }
                return value
            }
            switch key {
            case .walk: walk = try read(UInt64(text))
            case .coverage: coverage = try read(SweepKey.percent(text)) / 100
            case .calibration: calibration = try read(OutdoorParameters.Calibration(rawValue: text))
            case .duration: duration = try read(Duration(text: text))
            case .parameter(let parameter): settings.append((parameter.rawValue, text))
            case .replay: break
            }
        }
        guard let coverage else {
            throw Fault(.badInput, "there is no wifi-coverage; set one, or a list of them in the grid")
        }
        return try OutdoorParameters(
            movement: movement, calibration: calibration, coverage: coverage, seed: walk, duration: duration,
            settings: settings)
    }
}

extension Node {
    /// This node with `value` at a dotted key; missing mappings are created.
    fileprivate func setting(_ key: ArraySlice<String>, to value: Node) -> Node {
        guard let first = key.first else { return value }
        var mapping = self.mapping ?? Node.Mapping([])
        let name = Node.scalar(.init(first))
        mapping[name] = (mapping[name] ?? .mapping([:])).setting(key.dropFirst(), to: value)
        return .mapping(mapping)
    }
}
