// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Settings

/// How the data is transferred: the sections of a replay that concern neither its paths nor its workload.
extension ReplayDocument {
    mutating func readSettings(_ root: YAMLReader.Members) throws {
        var values = SettingsReader(reader: reader, paths: paths.map(\.name))
        for section in Setting.sections {
            let all = Setting.of(section)
            let members = try reader.section(section, of: root, keys: all.map(\.name))
            for setting in all {
                if let node = members[setting.name] { try values.read(setting, from: node) }
            }
        }
        (settings, demands) = (values.settings, values.demands)
    }
}
