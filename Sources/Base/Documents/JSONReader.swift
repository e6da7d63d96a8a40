// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// A value of a JSON document together with its place there, so that an error can name what is missing.
package struct JSONReader: Sendable {
    package let path: String
    /// The place, such as `runs[3].paths`; empty for the document itself.
    package let place: String
    package let value: JSON

    package init(_ value: JSON, path: String, place: String = "") {
        self.value = value
        self.path = path
        self.place = place
    }

    /// - Parameter older: schemas of the same kind that are still read.
    /// - Throws: `Fault` (bad input) if it is not a JSON object of the schema `schema` or of an older one.
    package init(document bytes: [UInt8], path: String, schema: String, older: [String] = []) throws {
        self.init(try JSON.parse(bytes, path: path), path: path)
        guard let found = try optional("schema")?.string else {
            throw Fault.input(path, "has no 'schema', so it is not a document of walkback; name another file")
        }
        guard found == schema || older.contains(found) else {
            let kind = schema.prefix { $0 != "/" }
            let isOther = found.hasPrefix("\(kind)/")
            throw Fault.input(
                path,
                "has the schema '\(found.prefix(60))', and this version of walkback reads '\(schema)'; "
                    + (isOther
                        ? "use the version of walkback that wrote it, or compare again"
                        : "name a document of that kind"))
        }
    }

    package func fault(_ what: String) -> Fault {
        .input(path, "\(what), so the document is damaged; restore it, or compare again")
    }

    private func at(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    /// Whether the member exists, even if it is null.
    package func has(_ key: String) throws -> Bool {
        guard case .object(let members) = value else {
            throw fault(place.isEmpty ? "is not an object" : "'\(place)' is not an object")
        }
        return members[key] != nil
    }

    /// nil if the member is absent or null.
    package func optional(_ key: String) throws -> JSONReader? {
        guard case .object(let members) = value else {
            throw fault(place.isEmpty ? "is not an object" : "'\(place)' is not an object")
        }
        guard let member = members[key], member != .null else { return nil }
        return JSONReader(member, path: path, place: at(key))
    }

    package subscript(key: String) -> JSONReader {
        get throws {
            guard let member = try optional(key) else { throw fault("'\(at(key))' is missing") }
            return member
        }
    }

    package var elements: [JSONReader] {
        get throws {
            guard case .array(let elements) = value else { throw fault("'\(place)' is not a list") }
            return elements.enumerated().map { JSONReader($1, path: path, place: "\(place)[\($0)]") }
        }
    }

    /// The members, sorted by key.
    package var members: [(key: String, value: JSONReader)] {
        get throws {
            guard case .object(let members) = value else { throw fault("'\(place)' is not an object") }
            return members.sorted { $0.key < $1.key }.map { ($0, JSONReader($1, path: path, place: at($0))) }
        }
    }

    package var string: String {
        get throws {
            guard case .string(let text) = value else { throw fault("'\(place)' is not a text") }
            return text
        }
    }

    package var bool: Bool {
        get throws {
            guard case .bool(let value) = value else { throw fault("'\(place)' is neither true nor false") }
            return value
        }
    }

    package var integer: Int64 {
        get throws {
            guard case .integer(let number) = value else { throw fault("'\(place)' is not a whole number") }
            return number
        }
    }

    package var number: Double {
        get throws {
            switch value {
            case .integer(let number): return Double(number)
            case .number(let number): return number
            default: throw fault("'\(place)' is not a number")
            }
        }
    }

    package var bytes: ByteCount { get throws { ByteCount(try integer) } }

    package var seconds: Duration {
        get throws {
            guard let time = Duration(exactlySeconds: try number) else { throw fault("'\(place)' is not a time") }
            return time
        }
    }

    /// The value as one of an enumeration's values.
    package func choice<Choice: RawRepresentable<String>>() throws -> Choice {
        guard let choice = Choice(rawValue: try string) else {
            throw fault("'\(place)' has the unknown value '\(try string.prefix(40))'")
        }
        return choice
    }

    /// A seed, which is written as text if JSON's readers could not hold it as a number.
    package var seed: UInt64 {
        get throws {
            switch value {
            case .integer(let number) where number >= 0: return UInt64(number)
            case .string(let text):
                guard let seed = UInt64(text) else { throw fault("'\(place)' is not a seed") }
                return seed
            default: throw fault("'\(place)' is not a seed")
            }
        }
    }
}
