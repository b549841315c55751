// Tokens only. Newlines and comments are kept: compiler/syntax/end_statements.cpp decides which newlines end a
// statement, and fmt prints the comments again.
lexer grammar DnnLexer;

// Words that open a declaration. Inside bodies they are ordinary names (rule `word` of the parser).
DNN: 'dnn'; IMPORT: 'import'; DATA: 'data'; TRAIN: 'train'; ON: 'on'; LIKE: 'like';
FUNCTION: 'function'; ACTIVATION: 'activation'; LAYER: 'layer'; NET: 'net';
LOSS: 'loss'; METRIC: 'metric'; OPTIMIZER: 'optimizer';
// Reserved words.
EXPECT: 'expect'; PARAM: 'param'; STATE: 'state'; SHARED: 'shared'; DERIVATIVE: 'derivative';
IF: 'if'; ELSE: 'else'; FOR: 'for'; IN: 'in'; AS: 'as'; AND: 'and'; OR: 'or'; NOT: 'not';
TRUE: 'true'; FALSE: 'false';

ARROW: '->'; POWER: '^'; TIMES: '*'; FLOOR_DIVIDE: '//'; DIVIDE: '/'; MODULO: '%'; PLUS: '+'; MINUS: '-';
EQUAL: '=='; UNEQUAL: '!='; LESS_EQUAL: '<='; GREATER_EQUAL: '>='; LESS: '<'; GREATER: '>';
ASSIGN: '='; DRAWN: '~'; COLON: ':'; COMMA: ','; ELLIPSIS: '...'; DOT: '.'; BAR: '|';
LEFT_PAREN: '('; RIGHT_PAREN: ')'; LEFT_BRACKET: '['; RIGHT_BRACKET: ']'; LEFT_BRACE: '{'; RIGHT_BRACE: '}';
SEMICOLON: ';';

SIZES: DIGITS ('x' DIGITS)+;                       // 3x3
PERCENT: (DIGITS | DECIMAL) '%';                   // 97.5%  (attached; `a % b` is the remainder)
NUMBER: DECIMAL | DIGITS EXPONENT?;                // 42  10_000  1e-3
STRING: '"' CHARACTER* '"';
UNCLOSED_STRING: '"' CHARACTER*;                   // always an error
NAME: [A-Za-z_] [A-Za-z0-9_]*;

NEWLINE: '\r'? '\n' | '\r';
COMMENT: '#' ~[\r\n]* -> channel(HIDDEN);
SPACE: [ \t]+ -> skip;
UNKNOWN: .;                                        // always an error

fragment DIGITS: [0-9] ([0-9_]* [0-9])?;
fragment DECIMAL: DIGITS '.' DIGITS EXPONENT?;
fragment EXPONENT: [eE] [+-]? [0-9]+;
fragment CHARACTER: ~["\\\r\n] | '\\' ~[\r\n];     // which escapes exist is checked with the tree
