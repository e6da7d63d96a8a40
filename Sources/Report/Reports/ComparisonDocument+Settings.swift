// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Results
import Settings

/// The settings under which the runs were made, with the keys of the table of settings.
extension ComparisonDocument {
    /// - Parameter energyModels: names of the models under which the runs' energy is known.
    static func settings(
        _ environment: ComparisonResult.Environment, energyModels: [String]
    ) -> [String: JSON] {
        var sections: [String: [String: JSON]] = ["energy": ["models": .array(energyModels.map { .string($0) })]]
        for setting in Setting.all {
            sections[setting.section, default: [:]][setting.jsonKey] = setting.json(of: environment.settings)
        }
        return sections.mapValues { .object($0) }
    }

    static func readEnvironment(_ environment: JSONReader) throws -> ComparisonResult.Environment {
        let (settings, missing) = try readSettings(environment)
        let sysctls = try environment["sysctls"].members.map { ($0.key, try $0.value.string) }
        var read = ComparisonResult.Environment(
            walkback: try environment["walkback"].string,
            kernelRelease: try environment["kernel"]["release"].string,
            kernelPatches: try environment["kernel"]["patches"].elements.map { try $0.string },
            congestionControl: try environment.optional("congestion_control")?.string,
            scheduler: try environment["scheduler"].string,
            sysctls: Dictionary(sysctls) { first, _ in first }, settings: settings,
            commands: try readCommands(environment))
        read.notRecorded = missing
        return read
    }

    private static func readCommands(_ environment: JSONReader) throws -> [ComparisonResult.Command] {
        try environment.optional("commands")?.elements.map { command in
            ComparisonResult.Command(
                strategy: StrategyName(try command["strategy"].string), text: try command["command"].string,
                sha256: try command["sha256"].string, interpreter: try command.optional("interpreter")?.string)
        } ?? []
    }

    /// - Returns: the settings, and the places of the sections and settings that the version that wrote the document
    ///   did not record.
    private static func readSettings(_ environment: JSONReader) throws -> (ReplaySettings, missing: [String]) {
        var settings = ReplaySettings()
        var missing: [String] = []
        for name in Setting.sections {
            guard let section = try environment.optional(name) else {
                missing.append("\(environment.place).\(name)")
                continue
            }
            for setting in Setting.of(name) where try !setting.read(section, into: &settings) {
                missing.append("\(section.place).\(setting.jsonKey)")
            }
        }
        return (settings, missing)
    }
}
