# Read by CMake right after llama.cpp's own project() line: of its parts, only the two libraries that Python loads
# are built. llama-cpp-python switches the library of the command line tools on by force, and nothing uses it.
set(LLAMA_BUILD_COMMON OFF)
set(LLAMA_ALL_WARNINGS OFF)

# What follows needs the targets, which are there at the end of this folder.
function(donovan_arrange_parts)
    set_target_properties(vendor-hash PROPERTIES EXCLUDE_FROM_ALL ON)
    # Reading the headers is most of the work, so sources are compiled several at a time: few large parts, as
    # many of them as keep several processors busy. A group holds no two sources that define the same name.
    set_target_properties(llama PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    get_target_property(sources llama SOURCES)
    get_target_property(place llama SOURCE_DIR)
    set(core 0)
    set(models 0)
    foreach(source IN LISTS sources)
        if(source MATCHES "models/[^/]*\\.cpp$")
            math(EXPR number "${models} / 16")
            set(group "models_${number}")
            math(EXPR models "${models} + 1")
        elseif(source MATCHES "^llama-kv-cache-dsv4\\.cpp$")
            set(group "")
        elseif(source MATCHES "\\.cpp$")
            # Dealt out in turn, because the large ones stand together.
            math(EXPR number "${core} % 6")
            set(group "core_${number}")
            math(EXPR core "${core} + 1")
        else()
            set(group "")
        endif()
        get_filename_component(source ${source} ABSOLUTE BASE_DIR ${place})
        if(group)
            set_source_files_properties(${source} TARGET_DIRECTORY llama PROPERTIES
                SKIP_UNITY_BUILD_INCLUSION OFF UNITY_GROUP ${group})
        endif()
    endforeach()
    # This library plans the work; what takes the time is in ggml, which keeps its -O3.
    target_compile_options(llama PRIVATE -O1)
endfunction()
cmake_language(DEFER CALL donovan_arrange_parts)
