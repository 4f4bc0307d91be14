import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isIdentifier } from '../../../compiler/code/literal.ts'
import { identifierOf, safeIdentifier } from '../../../compiler/ir/identifier.ts'
import { camelCase, kebabCase, pascalCase, splitWords, titleCase } from '../../../compiler/ir/words.ts'

describe('words of a name', () => {
  test.each([
    ['crm_account', 'CrmAccount', 'crmAccount', 'crm-account', 'Crm Account'],
    ['CampaignMember', 'CampaignMember', 'campaignMember', 'campaign-member', 'Campaign Member'],
    ['SLATemplate', 'SlaTemplate', 'slaTemplate', 'sla-template', 'SLA Template'],
    ['ai_expected_r_o_i', 'AiExpectedROI', 'aiExpectedROI', 'ai-expected-r-o-i', 'Ai Expected R O I'],
    ['is_a_b_test', 'IsABTest', 'isABTest', 'is-a-b-test', 'Is A B Test'],
    ['project-with-validation', 'ProjectWithValidation', 'projectWithValidation', 'project-with-validation', 'Project With Validation'],
    ['24x7', 'N24x7', 'n24x7', '24x7', '24x7'],
    ['address2Line', 'Address2Line', 'address2Line', 'address2-line', 'Address2 Line'],
    ['Kündigung_Straße', 'KundigungStrasse', 'kundigungStrasse', 'kundigung-strasse', 'Kündigung Straße'],
    ['客户', 'U5ba2u6237', 'u5ba2u6237', 'u5ba2u6237', '客户'],
    ['热门 🔥', 'U70edu95e8', 'u70edu95e8', 'u70edu95e8', '热门'],
    ['___', 'Unnamed', 'unnamed', 'unnamed', '___'],
  ])('%s', (name, pascal, camel, file, title) => {
    expect([pascalCase(name), camelCase(name), kebabCase(name), titleCase(name)]).toEqual([pascal, camel, file, title])
  })

  test('composed and decomposed letters are the same word', () => {
    expect(splitWords('e\u0301cole')).toEqual(splitWords('\u00e9cole'))
    expect(pascalCase('E\u0301COLE_e\u0301cole')).toBe('EcoleEcole')
  })

  test('every text becomes a legal identifier and file name', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.constantFrom('', '$', '__proto__', '\ud800')),
        (name) => {
          expect(isIdentifier(pascalCase(name)), name).toBe(true)
          expect(pascalCase(name)).toMatch(/^[A-Z]/)
          expect(isIdentifier(camelCase(name)), name).toBe(true)
          expect(kebabCase(name)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('identifiers', () => {
  test.each(['case', 'default', 'delete', 'class', 'new', 'await', 'import', 'enum', 'package', 'let'])('%s is kept clear of', (word) => {
    expect(safeIdentifier(word)).toBe(`${word}_`)
    expect(() => new Function(`'use strict'; const ${identifierOf(word)} = 1`)).not.toThrow()
  })

  test.each(['user', 'type', 'from', 'of', 'get', 'async', 'constructor'])('%s is fine as it is', (word) => {
    expect(identifierOf(word)).toBe(word)
    expect(() => new Function(`'use strict'; const ${word} = 1`)).not.toThrow()
  })

  test('any name makes a variable', () => {
    fc.assert(
      fc.property(fc.string(), (name) => void new Function(`'use strict'; const ${identifierOf(name)} = 1`)),
      { numRuns: 500 },
    )
  })
})
