// SPDX-License-Identifier: Apache-2.0

/// Builds markup from elements, texts and parts that are built elsewhere.
@resultBuilder
package enum MarkupBuilder {
    package static func buildExpression(_ element: Element) -> Markup { Markup(nodes: [.element(element)]) }
    package static func buildExpression(_ elements: [Element]) -> Markup {
        Markup(nodes: elements.map { .element($0) })
    }
    package static func buildExpression(_ text: String) -> Markup { Markup(nodes: [.text(text)]) }
    package static func buildExpression(_ markup: Markup) -> Markup { markup }

    package static func buildBlock(_ parts: Markup...) -> Markup { buildArray(parts) }
    package static func buildOptional(_ part: Markup?) -> Markup { part ?? Markup() }
    package static func buildEither(first part: Markup) -> Markup { part }
    package static func buildEither(second part: Markup) -> Markup { part }
    package static func buildArray(_ parts: [Markup]) -> Markup { Markup(nodes: parts.flatMap(\.nodes)) }
}
