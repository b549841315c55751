# dnnc_embed_bytes(TARGET SYMBOL FILE) links the bytes of FILE between SYMBOL and SYMBOL_end into TARGET.
enable_language(ASM)
function(dnnc_embed_bytes target symbol file)
  set(assembly ${CMAKE_BINARY_DIR}/embedded/${symbol}.S)
  file(CONFIGURE OUTPUT ${assembly} @ONLY CONTENT [[
.section .rodata
.globl @symbol@
.globl @symbol@_end
.balign 16
@symbol@:
.incbin "@file@"
@symbol@_end:
.section .note.GNU-stack, "", %progbits
]])
  set_source_files_properties(${assembly} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${assembly})
endfunction()
