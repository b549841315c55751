// What stands where; no embedded actions. One token of lookahead decides everything, which keeps parsing fast and its
// messages plain. For that the grammar takes in a little more than the language, and compiler/syntax/build_*.cpp, which
// makes the tree, says what is wrong then: what may stand left of `=`, before `:` in arguments, with a `for`, and how
// operators bind (^ · unary - · * / // % · + - · comparisons · not · and · or).
// Before parsing, compiler/syntax/end_statements.cpp has put exactly one separator after each statement.
parser grammar DnnParser;
options { tokenVocab = DnnLexer; }

file: item* EOF;
item: declaration separator;
separator: NEWLINE | SEMICOLON;
evaluation: expression separator EOF;                                      // the text of `dnnc eval`

declaration
  : DNN NUMBER                                                             # version
  | IMPORT STRING                                                          # importFile
  | (NAME | ON | LIKE) ASSIGN expression                                   # constant
  | kind word LEFT_PAREN parameters? RIGHT_PAREN (ARROW result)? body (DERIVATIVE expression)?  # definition
  | DATA word (ASSIGN expression | settings)                               # data
  | TRAIN word ON word (AS word)? (LIKE word)? settings                    # training
  | EXPECT expression                                                      # contract
  ;

kind: FUNCTION | ACTIVATION | LAYER | NET | LOSS | METRIC | OPTIMIZER;
parameters: parameter (COMMA parameter)*;
parameter: word (COLON type)? (ASSIGN expression)?;
result: type | LEFT_PAREN output (COMMA output)* RIGHT_PAREN;
output: word COLON type;

type: word (shape shape? | (word word)+ | (BAR word)+)?;   // f32[n, m]  class[k][t] · k x l · valid | same
shape: LEFT_BRACKET subscript (COMMA subscript)* RIGHT_BRACKET;

body: ASSIGN expression | block;
block: LEFT_BRACE line* RIGHT_BRACE;
line: statement separator;
statement
  : (PARAM | STATE) group (COMMA group)*                                   # storage
  | SHARED word ASSIGN steps                                               # shared
  | EXPECT expression                                                      # expectation
  | expression (COMMA expression)* (ASSIGN expression (FOR binders)?)?     # formula
  ;
group: word (COMMA word)* (COLON type)? (ASSIGN | DRAWN) expression;       // wq, wk: f32[n, m] ~ …

settings: LEFT_BRACE entry* RIGHT_BRACE;
entry: setting separator;
setting: word (COLON type | (FOR STRING (COMMA STRING)*)? ASSIGN expression);   // letters: class[30][21] · rate = …

expression
  : IF expression COLON expression ELSE COLON expression                   # choice
  | operation (ARROW steps)?                                               # chain
  ;
steps: step (ARROW step)*;
step
  : (word arguments? | LEFT_PAREN steps RIGHT_PAREN) (TIMES repeat)? (AS word)?  # layerStep
  | (MINUS? literal | list)                                                # valueStep     // only in rows(…)
  ;
repeat: NUMBER | word | LEFT_PAREN expression RIGHT_PAREN;

operation: operand (infix operand)*;
operand: (MINUS | NOT)* primary;
infix: POWER | TIMES | DIVIDE | FLOOR_DIVIDE | MODULO | PLUS | MINUS
     | EQUAL | UNEQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL | AND | OR;
primary: atom suffix*;
atom: word arguments? | literal | list | LEFT_PAREN expression RIGHT_PAREN;
suffix
  : LEFT_BRACKET subscript (COMMA subscript)* (ELSE expression)? RIGHT_BRACKET   # element
  | DOT word                                                               # member
  ;
subscript: ELLIPSIS | expression;
arguments: LEFT_PAREN (argument (COMMA argument)* (FOR binders)?)? RIGHT_PAREN;
argument: expression ((COLON | ASSIGN) expression)?;               // `=` is wrong, but not for want of a meaning
binders: binder (COMMA binder)*;
binder: word (IN expression)?;
list: LEFT_BRACKET (listed (COMMA listed)*)? RIGHT_BRACKET;
listed: expression (AS word)?;                                             // named in `metrics` only
literal: NUMBER word? | PERCENT | SIZES | STRING | TRUE | FALSE;

word: NAME | DNN | IMPORT | DATA | TRAIN | ON | LIKE | FUNCTION | ACTIVATION | LAYER | NET | LOSS | METRIC | OPTIMIZER;
