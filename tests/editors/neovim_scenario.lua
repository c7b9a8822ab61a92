-- Plays a person in Neovim: open a file, wait for diagnostics, generate a test for one function, wait until it is green.
local stage = dofile((debug.getinfo(1, 'S').source:sub(2):gsub('[^/]+$', 'neovim_stage.lua')))
local input, told, wait_for = stage.input, stage.told, stage.wait_for
local signs = stage.signs

-- The diagnostics of the function, as "line: message"; only those with `words` in them, where these are given.
local function marks(words)
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    local line = diagnostic.lnum + 1
    local is_inside = input.first_line <= line and line <= input.last_line
    if is_inside and diagnostic.message:find(words or '', 1, true) then
      table.insert(found, ('%d: %s'):format(line, diagnostic.message))
    end
  end
  return found
end

local function go_to(mark)
  vim.api.nvim_win_set_cursor(0, { tonumber(mark:match('^%d+')), 0 })
end

-- A keystroke: the line is unknown; undone, it is what it was.
local function type_in(line)
  vim.api.nvim_win_set_cursor(0, { line, 0 })
  vim.cmd.normal({ args = { 'A  # typed' }, bang = true })
  wait_for('the edited line is unknown', function()
    return signs()[tostring(line)] == 'GreenlineUnknown'
  end)
  vim.cmd.undo()
  wait_for('undo brings it back', function()
    return vim.deep_equal(signs(), told.signs)
  end)
end

local function generate()
  local function lines_written()
    return vim.fn.filereadable(input.test_file) == 1 and #vim.fn.readfile(input.test_file) or 0
  end
  local lines_before = lines_written()
  go_to(told.before[1])
  stage.take_action(('^Generate test for `%s`$'):format(input.function_name))
  wait_for('the test file', function()
    return lines_written() > lines_before
  end)
  -- The engine may leave a branch over, and says so; the gap that the cursor stood on has to be gone.
  wait_for('the gap is gone', function()
    told.after = marks()
    return not vim.tbl_contains(told.after, told.before[1])
  end)
  wait_for('the result is told', function()
    return #told.messages > 0
  end)
end

local function dismiss(bug)
  wait_for('the suspected bug', function()
    return #marks(bug) > 0
  end)
  told.bugs = marks(bug)
  go_to(told.bugs[1])
  stage.take_action('^Dismiss: ' .. bug)
  wait_for('the suspected bug is dismissed', function()
    return #marks(bug) == 0
  end)
end

local function play()
  stage.follow_progress()
  told.encoding = stage.start(input.file).offset_encoding
  wait_for('diagnostics', function()
    return #marks() > 0
  end)
  told.before = marks()
  wait_for('signs', function()
    return next(signs()) ~= nil
  end)
  told.signs, told.statusline = signs(), stage.statusline()
  type_in(tonumber(told.before[1]:match('^%d+')))
  generate()
  if input.bug then
    dismiss(input.bug)
  end
  told.unsaved = {}
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.bo[buffer].modified then
      table.insert(told.unsaved, vim.api.nvim_buf_get_name(buffer))
    end
  end
  told.step = 'done'
end

stage.run(play)
