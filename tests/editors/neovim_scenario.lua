-- Plays a person in Neovim: open a file, wait for diagnostics, generate a test for one function, wait until it is green.
local stage = dofile((debug.getinfo(1, 'S').source:sub(2):gsub('[^/]+$', 'neovim_stage.lua')))
local input, told, wait_for = stage.input, stage.told, stage.wait_for
local signs = stage.signs
told.ended = {}

local function messages_of_function()
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    if input.lines[diagnostic.lnum + 1] then
      table.insert(found, ('%d: %s'):format(diagnostic.lnum + 1, diagnostic.message))
    end
  end
  return found
end

local function play()
  vim.opt.runtimepath:prepend(vim.fs.dirname(vim.fs.dirname(input.config)))
  local config = dofile(input.config)
  config.cmd = input.command
  config.settings.greenline = { interpreter = input.interpreter }
  for _, method in ipairs({ 'window/showMessage', 'window/logMessage' }) do
    local shown = vim.lsp.handlers[method]
    vim.lsp.handlers[method] = function(err, params, ctx)
      table.insert(told.messages, ('%s %d %s'):format(method, params.type, params.message))
      return shown(err, params, ctx)
    end
  end
  if vim.lsp.config then
    vim.lsp.config('greenline', config)
    vim.lsp.enable('greenline')
  else
    vim.api.nvim_create_autocmd('FileType', {
      pattern = config.filetypes,
      callback = function()
        config.name = 'greenline'
        config.root_dir = vim.fs.root(0, config.root_markers)
        vim.lsp.start(config)
      end,
    })
  end
  -- Input lines are those of the function: JSON keys are text, so they are made numbers here.
  local lines = {}
  for line = input.first_line, input.last_line do
    lines[line] = true
  end
  input.lines = lines

  vim.cmd.edit(vim.fn.fnameescape(input.file))
  wait_for('the server attaches', function()
    return #vim.lsp.get_clients({ bufnr = 0 }) > 0
  end)
  told.encoding = vim.lsp.get_clients({ bufnr = 0 })[1].offset_encoding
  wait_for('diagnostics', function()
    return #messages_of_function() > 0
  end)
  told.before = messages_of_function()
  wait_for('signs', function()
    return next(signs()) ~= nil
  end)
  told.signs = signs()
  told.statusline = require('greenline.statusline').text()

  -- A keystroke: the line is unknown; undone, it is what it was.
  local first_gap = tonumber(told.before[1]:match('^%d+'))
  vim.api.nvim_win_set_cursor(0, { first_gap, 0 })
  vim.cmd.normal({ args = { 'A  # typed' }, bang = true })
  wait_for('the edited line is unknown', function()
    return signs()[tostring(first_gap)] == 'GreenlineUnknown'
  end)
  vim.cmd.undo()
  wait_for('undo brings it back', function()
    return vim.deep_equal(signs(), told.signs)
  end)

  vim.api.nvim_win_set_cursor(0, { tonumber(told.before[1]:match('^%d+')), 0 })
  told.titles = {}
  local function lines_written()
    return vim.fn.filereadable(input.test_file) == 1 and #vim.fn.readfile(input.test_file) or 0
  end
  local lines_before = lines_written()
  local wanted = ('Generate test for `%s`'):format(input.function_name)
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      table.insert(told.titles, action.title)
      return action.title == wanted
    end,
  })
  wait_for('the test file', function()
    return lines_written() > lines_before
  end)
  -- The engine may leave a branch over, and says so; the gap that the cursor stood on has to be gone.
  wait_for('the gap is gone', function()
    told.after = messages_of_function()
    return not vim.tbl_contains(told.after, told.before[1])
  end)
  wait_for('the result is told', function()
    for _, message in ipairs(told.messages) do
      if message:find('window/showMessage', 1, true) then
        return true
      end
    end
    return false
  end)
  if input.bug then
    local function bugs()
      return vim.tbl_filter(function(message)
        return message:find(input.bug, 1, true) ~= nil
      end, messages_of_function())
    end
    wait_for('the suspected bug', function()
      return #bugs() > 0
    end)
    told.bugs = bugs()
    vim.api.nvim_win_set_cursor(0, { tonumber(told.bugs[1]:match('^%d+')), 0 })
    vim.lsp.buf.code_action({
      apply = true,
      filter = function(action)
        table.insert(told.titles, action.title)
        return action.title:find('^Dismiss: ' .. input.bug) ~= nil
      end,
    })
    wait_for('the suspected bug is dismissed', function()
      return #bugs() == 0
    end)
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
