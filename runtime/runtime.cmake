# The runtime of every trainer: nothing of the compiler. dnnc links it too, so that `run` and a trainer share it. Its rooms,
# each of which may include those before it:
set(DNNC_RUNTIME_ROOMS program files device data sets sources run)
list(TRANSFORM DNNC_RUNTIME_ROOMS REPLACE "(.+)" "${CMAKE_SOURCE_DIR}/runtime/\\1/*.cpp" OUTPUT_VARIABLE runtime_patterns)
file(GLOB runtime_sources CONFIGURE_DEPENDS ${runtime_patterns})
add_library(dnnc_runtime STATIC ${runtime_sources})
target_include_directories(dnnc_runtime PUBLIC ${CMAKE_SOURCE_DIR})
target_compile_options(dnnc_runtime PRIVATE -ffunction-sections -fdata-sections)
# What runs once and not for every example is to be small: it is in every trainer.
foreach(once
            program/available_memory program/interrupt program/json program/manifest_json program/memory_check program/nearest
            program/processor
            device/arena device/cuda device/cuda_api device/cuda_devices device/cuda_graphs device/cuda_queue device/device_queue device/driver_end
            device/kernel_calls device/opencl device/opencl_api device/opencl_devices device/opencl_queue
            files/cache files/files files/streams files/new_file files/npy files/own_folder files/picture_names files/read_file
            files/download files/safetensors files/write_npz files/zip
            sets/data_cache sets/data_catalog sources/source_builtin_mnist program/machine
            data/arrays data/cell_advice data/cell_column data/cells data/column_names data/data_names data/dataset data/dates data/fetched
            data/idx data/inputs data/read_places data/split data/table data/table_look data/table_text
            run/answer_file run/answers run/bench run/bench_loops run/bench_table run/checkpoint run/choose_device run/choose_program run/command run/command_line run/contracts run/device_batches run/driver_progress run/event_files run/events run/fill run/finite_fields
            run/history run/info run/model_entries run/model_file run/one_run run/options run/outputs run/predict run/progress run/questions run/record run/report
            run/run_main run/start_weights run/start run/steps_ahead run/table_lines run/evaluate run/means run/train run/trainer run/train_state run/trainer_outcome run/weights_file run/weights_fit)
  set_source_files_properties(${CMAKE_SOURCE_DIR}/runtime/${once}.cpp PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-Os>")
endforeach()
# What must give the same bits on every machine.
foreach(exact augment augment_numbers augment_places)
  set_source_files_properties(${CMAKE_SOURCE_DIR}/runtime/data/${exact}.cpp PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
endforeach()
include(${CMAKE_SOURCE_DIR}/runtime/embed.cmake)
set(data ${CMAKE_SOURCE_DIR}/runtime/sets)
dnnc_embed_bytes(dnnc_runtime dnnc_data_digits_images ${data}/digits-images-idx3-ubyte.gz)
dnnc_embed_bytes(dnnc_runtime dnnc_data_digits_labels ${data}/digits-labels-idx1-ubyte.gz)
dnnc_embed_bytes(dnnc_runtime dnnc_data_iris ${data}/iris.csv)

# Programs of our own hold every loader of data; a trainer is linked with those that it needs (needed_symbols).
file(STRINGS ${CMAKE_SOURCE_DIR}/runtime/data/sources.def source_rows REGEX "^DNNC_SOURCE")
foreach(row ${source_rows})
  string(REGEX REPLACE "^DNNC_SOURCE.([a-z_]+).*" "LINKER:--undefined=dnnc_source_\\1" option ${row})
  target_link_options(dnnc_runtime INTERFACE ${option})
endforeach()
file(STRINGS ${CMAKE_SOURCE_DIR}/runtime/program/device_kinds.def device_rows REGEX "^DNNC_DEVICE_KIND")
list(TRANSFORM device_rows REPLACE "^DNNC_DEVICE_KIND.[A-Za-z]+, ([a-z]+).*" "dnnc_device_\\1")
foreach(part dnnc_inputs_pictures dnnc_augment dnnc_start dnnc_cell_dates dnnc_cell_advice dnnc_filling dnnc_steps_ahead
             dnnc_program_chooser dnnc_series_inputs dnnc_loop_table dnnc_call_checker ${device_rows})
  target_link_options(dnnc_runtime INTERFACE LINKER:--undefined=${part})
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/runtime/data/sources.def
             ${CMAKE_SOURCE_DIR}/runtime/program/device_kinds.def)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
find_library(DNNC_webp webp REQUIRED)
target_link_libraries(dnnc_runtime INTERFACE Threads::Threads PNG::PNG JPEG::JPEG ${DNNC_webp} ZLIB::ZLIB)

# main() of every trainer, in a library of its own: it needs a generated program.
add_library(dnnc_trainer_main STATIC ${CMAKE_SOURCE_DIR}/runtime/trainer/main.cpp)
target_include_directories(dnnc_trainer_main PRIVATE ${CMAKE_SOURCE_DIR})
